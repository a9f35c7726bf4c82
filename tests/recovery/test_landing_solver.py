"""The landing solver against published optima, its own equations, and the same functions in C."""

import shutil
import subprocess
from dataclasses import replace

import numpy as np
import pytest
from scipy.integrate import solve_ivp

from osea_rocket.recovery.guidance import node
from osea_rocket.recovery.guidance.c99 import DialectError, Translation
from osea_rocket.recovery.guidance.export import State, write_landing
from osea_rocket.recovery.guidance.lander import Engines, Lander, LandingVehicle, Plan
from osea_rocket.recovery.guidance.native import best_lander
from osea_rocket.validation.mars_landing import figures

MARS = figures()
ALONG = np.cos(np.radians(MARS["engines"]["cant_deg"]))
THRUST = MARS["engines"]["count"] * MARS["engines"]["largest_thrust_N"] * ALONG
MARS_START = ([0.0, 2000.0, 1500.0], [0.0, 100.0, -75.0], MARS["wet_mass_kg"])


def mars(glide_slope: float, **more) -> LandingVehicle:
    engines = MARS["engines"]
    least, most = (share * THRUST for share in engines["throttle"])
    return LandingVehicle(
        engines=(Engines(least, most),),
        specific_impulse=engines["specific_impulse_s"] * engines["standard_gravity_m_s2"] * ALONG / 9.80665,
        dry_mass=MARS["dry_mass_kg"],
        gravity=(0.0, 0.0, -MARS["gravity_m_s2"]),
        glide_slope=glide_slope,
        intervals=50,
        **more,
    )


BOOSTER = LandingVehicle(
    engines=(Engines(3.2e5, 8.45e5, 0.86),), specific_impulse=305.0, dry_mass=2.4e4, air_pressure=101325.0, air_density=1.225,
    drag_area=12.0, pressure_height=7600.0, density_height=8500.0, tilt=0.5, last_tilt=0.09, glide_slope=1.05,
    touchdown_velocity=(0.0, 0.0, -1.0), intervals=30,
)  # fmt: skip
BOOSTER_START = ([150.0, -80.0, 2600.0], [-12.0, 5.0, -240.0], 27500.0)


def flown(vehicle: LandingVehicle, plan: Plan, wind: tuple[float, float, float] = (0.0, 0.0, 0.0)) -> np.ndarray:
    """Position, velocity and mass at the end of the plan's accelerations, by another integrator."""
    exhaust = vehicle.specific_impulse * 9.80665

    def slope(t, x):
        push = np.array([np.interp(t, plan.time, a) for a in plan.acceleration.T])
        through = x[3:6] - np.array(wind)
        speed = np.linalg.norm(through)
        drag = (
            0.5
            * vehicle.air_density
            * np.exp(-x[2] / vehicle.density_height)
            * vehicle.drag_area
            * speed
            * through
            / x[6]
        )
        back = vehicle.air_pressure * np.exp(-x[2] / vehicle.pressure_height) * vehicle.engines[0].exit_area
        return np.concatenate([x[3:6], np.array(vehicle.gravity) + push - drag,
                               [-(np.linalg.norm(push) * x[6] + back) / exhaust]])  # fmt: skip

    start = np.concatenate([plan.position[0], plan.velocity[0], plan.mass[:1]])
    at = start
    for a, b in zip(plan.time[:-1], plan.time[1:], strict=True):
        if b > a:
            at = solve_ivp(slope, (a, b), at, rtol=1e-9, atol=1e-7).y[:, -1]
    return at


@pytest.mark.parametrize(("slope", "case"), [(-1.0, "free"), (np.radians(86.0), "glide_slope")])
def test_the_published_landing_on_mars_is_found(slope, case):
    """Acikmese & Ploen 2007; the optima are of separately written collocation (validation/data/mars_landing.yaml)."""
    plan = Lander(mars(slope)).solve(*MARS_START)
    published = MARS["optimum"][case]
    assert plan.outcome == "lands"
    assert plan.propellant == pytest.approx(published["fuel_kg"], abs=published["tolerance_kg"])
    assert plan.flight_time == pytest.approx(published["time_s"], rel=0.01)
    end = flown(mars(slope), plan)
    assert np.linalg.norm(end[:3]) < 0.5 and np.linalg.norm(end[3:6]) < 0.05


def test_a_plan_through_air_obeys_the_equations_and_its_limits():
    plan = Lander(BOOSTER).solve(*BOOSTER_START)
    assert plan.outcome == "lands"
    end = flown(BOOSTER, plan)
    assert np.linalg.norm(end[:3]) < 1.0 and np.linalg.norm(end[3:6] - [0.0, 0.0, -1.0]) < 0.2
    assert end[6] == pytest.approx(plan.mass[-1], abs=5.0)
    size = np.linalg.norm(plan.acceleration, axis=1)
    back = BOOSTER.air_pressure * np.exp(-plan.position[:, 2] / BOOSTER.pressure_height) * 0.86
    thrust = size * plan.mass + back
    assert thrust.min() > 0.999 * 3.2e5 and thrust.max() < 1.001 * 8.45e5
    assert np.all(plan.acceleration[:, 2] >= np.cos(0.5) * size - 1e-3)
    assert plan.acceleration[-1, 2] >= np.cos(0.09) * size[-1] - 1e-3
    level = np.linalg.norm(plan.position[1:-1, :2], axis=1)
    assert np.all(level <= np.tan(1.05) * plan.position[1:-1, 2] + 1e-2)


def test_an_update_goes_on_from_the_plan():
    lander = Lander(BOOSTER)
    first = lander.solve(*BOOSTER_START)
    at = [np.array([np.interp(2.0, first.time, c) for c in v.T]) for v in (first.position, first.velocity)]
    second = lander.update(at[0] + 4.0, at[1] - 1.0, float(np.interp(2.0, first.time, first.mass)), 2.0)
    assert second.outcome == "lands" and second.programs <= 3
    assert second.flight_time == pytest.approx(first.flight_time - 2.0, abs=0.5)
    end = flown(BOOSTER, second)
    assert np.linalg.norm(end[:3]) < 1.0


def test_a_plan_in_the_wind_counts_on_the_drag_of_the_motion_through_the_air():
    lander = best_lander(BOOSTER)
    calm = lander.solve(*BOOSTER_START)
    lander.work[node.WIND] = 12.0
    plan = lander.solve(*BOOSTER_START)
    assert plan.outcome == calm.outcome == "lands"
    assert np.linalg.norm(flown(BOOSTER, plan, (12.0, 0.0, 0.0))[:3]) < 1.0
    assert np.linalg.norm(flown(BOOSTER, calm, (12.0, 0.0, 0.0))[:3]) > 10.0


def test_a_pad_out_of_reach_is_missed_by_the_least_and_the_shortfall_named():
    plan = Lander(mars(np.radians(86.0))).solve([-1000.0, 3000.0, 3000.0], [0.0, 100.0, -75.0], MARS["wet_mass_kg"])
    assert plan.outcome == "misses" and plan.miss > 100.0
    assert plan.mass[-1] == pytest.approx(MARS["dry_mass_kg"], abs=0.05)
    # so much more in the tanks, as dry mass taken away, and the pad is reached
    lighter = LandingVehicle(
        **{**vars(mars(np.radians(86.0))), "dry_mass": MARS["dry_mass_kg"] - 1.001 * plan.shortfall - 0.1}
    )
    again = Lander(lighter).solve([-1000.0, 3000.0, 3000.0], [0.0, 100.0, -75.0], MARS["wet_mass_kg"])
    assert again.outcome == "lands" and plan.shortfall > 5.0


def test_no_landing_is_said_so():
    plan = Lander(BOOSTER).solve([0.0, 0.0, 300.0], [0.0, 0.0, -240.0], 27500.0)
    assert plan.outcome == "no landing" and not plan.found


def test_the_engine_count_switches():
    engines = (Engines(9.6e5, 2.535e6, 2.58), Engines(3.2e5, 8.45e5, 0.86))
    both = LandingVehicle(**{**vars(BOOSTER), "engines": engines, "switch_share": (0.4,)})
    plan = Lander(both).solve([150.0, -80.0, 2600.0], [-12.0, 5.0, -300.0], 31000.0)
    assert plan.outcome == "lands"
    size = np.linalg.norm(plan.acceleration, axis=1) * plan.mass
    (switch,) = np.flatnonzero(np.diff(plan.time) == 0.0)
    assert plan.time[switch] == pytest.approx(0.4 * plan.flight_time, rel=1e-6)
    assert size[: switch + 1].min() > 6.9e5 and size[switch + 1 :].max() < 8.5e5


def test_bad_input_is_refused():
    with pytest.raises(ValueError, match="all finite"):
        Lander(BOOSTER).solve([0.0, 0.0, np.nan], [0.0, 0.0, -1.0], 1e4)
    with pytest.raises(ValueError, match="less than the largest"):
        LandingVehicle(engines=(Engines(2.0, 1.0),), specific_impulse=300.0, dry_mass=1.0)


CASES = [
    (mars(np.radians(86.0)), [State((0.0, 2000.0, 1500.0), (0.0, 100.0, -75.0), 1905.0, 10.0),
                              State((-1000.0, 3000.0, 3000.0), (0.0, 100.0, -75.0), 1905.0)]),
    (BOOSTER, [State((150.0, -80.0, 2600.0), (-12.0, 5.0, -240.0), 27500.0, 2.0),
               State((0.0, 0.0, 300.0), (0.0, 0.0, -240.0), 27500.0)]),
]  # fmt: skip


def test_the_c_equals_the_python(c_compiler, tmp_path):
    """Warnings are errors; sanitizers on; the vectors of solved, updated, missed and impossible landings to 1e-6."""
    write_landing(tmp_path, CASES)
    command = [c_compiler, "-std=c99", "-O1", "-Wall", "-Wextra", "-Wshadow", "-Werror", "-fsanitize=address,undefined",
               "-fno-sanitize-recover=all", "osea_landing.c", "osea_landing_test.c", "-lm", "-o", "landing_test"]  # fmt: skip
    subprocess.run(command, cwd=tmp_path, check=True)
    done = subprocess.run([str(tmp_path / "landing_test")], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
    assert done.stdout == "4 vectors, 0 failures\n"


@pytest.mark.skipif(shutil.which("valgrind") is None, reason="valgrind is not installed")
def test_the_c_is_clean_under_valgrind(c_compiler, tmp_path):
    """Nothing read before it was written, nothing out of bounds, no heap at all."""
    short = replace(BOOSTER, intervals=10)
    write_landing(tmp_path, [(short, [State((150.0, -80.0, 2600.0), (-12.0, 5.0, -240.0), 28700.0, 2.0)])])
    command = [
        c_compiler,
        "-std=c99",
        "-O1",
        "-g",
        "osea_landing.c",
        "osea_landing_test.c",
        "-lm",
        "-o",
        "landing_test",
    ]
    subprocess.run(command, cwd=tmp_path, check=True)
    watched = ["valgrind", "--error-exitcode=9", "--leak-check=full", "--show-leak-kinds=all", "./landing_test"]
    done = subprocess.run(watched, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "ERROR SUMMARY: 0 errors" in done.stderr and "no leaks are possible" in done.stderr


def wrong_list(n: int) -> float:
    """No C."""
    found = [x for x in range(n)]  # noqa: C416
    return float(len(found))


def test_what_has_no_c_is_named_with_its_line():
    with pytest.raises(DialectError, match=r"test_landing_solver\.py:\d+"):
        Translation([wrong_list])
