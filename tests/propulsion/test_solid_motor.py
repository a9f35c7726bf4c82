"""Internal ballistics: closed forms, mass, definitions, findings and bad input."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from osea_rocket.core.documents import DocumentError, load_document
from osea_rocket.core.errors import ImpossibleError, InputError
from osea_rocket.core.findings import Severity
from osea_rocket.propulsion.solids.document import SolidMotor
from osea_rocket.propulsion.solids.nozzle import thrust_coefficient, two_phase
from osea_rocket.propulsion.solids.performance import SolidMotorPerformance, solid_performance

MOTORS = Path(__file__).parents[2] / "examples" / "motors"
BASE: dict[str, Any] = {
    "name": "test",
    "grain": [{"shape": "bates", "count": 2, "length": 0.15, "outer_diameter": 0.09, "core_diameter": 0.03}],
    "propellant": {
        "name": "p", "density": 1700.0,
        "burn_rate": [{"rate": 0.007, "at": 5e6, "exponent": 0.35, "pressures": (1e5, 1e7)}],
        "gas": {"c_star": 1550.0, "gamma": 1.2},
    },
    "nozzle": {"throat_diameter": 0.02, "exit_diameter": 0.05, "half_angle": 0.26, "efficiency": 0.95},
}  # fmt: skip


def motor(**changes: Any) -> SolidMotor:
    return SolidMotor.model_validate(BASE | changes)


def with_law(**law: Any) -> dict[str, Any]:
    return BASE["propellant"] | {"burn_rate": [BASE["propellant"]["burn_rate"][0] | law]}


def rules(r: SolidMotorPerformance) -> dict[str, Severity]:
    return {f.rule: f.severity for f in r.findings}


def test_end_burner_closed_form() -> None:
    """p = (a rho c* K)^(1/(1-n)), from rho a p^n A_b = p A_t/c*."""
    m = motor(grain=[{"shape": "end burner", "length": 0.3, "outer_diameter": 0.12}], ballistics="quasi-steady",
              nozzle=BASE["nozzle"] | {"throat_diameter": 0.005, "exit_diameter": 0.012})  # fmt: skip
    r = solid_performance(m)
    n, k = 0.35, (0.12 / 0.005) ** 2
    a = 0.007 / 5e6**n
    expected = (a * 1700.0 * 1550.0 * k) ** (1.0 / (1.0 - n))
    assert r.pressure[:-1] == pytest.approx(expected, rel=1e-12)
    assert r.action_time == pytest.approx(0.3 / (a * expected**n), rel=1e-9)
    assert r.mass_balance < 1e-12


def test_bates_surface_closed_form() -> None:
    r = solid_performance(motor(ballistics="quasi-steady"))
    w = r.burnt_depth[:-2]
    d, length = 0.03 + 2 * w, 0.15 - 2 * w
    surface = 2 * (np.pi * d * length + 2 * np.pi / 4 * (0.09**2 - d**2))
    assert r.burning_area[:-2] == pytest.approx(surface, rel=1e-10)
    assert r.propellant_mass_initial == pytest.approx(1700 * 2 * np.pi / 4 * (0.09**2 - 0.03**2) * 0.15, rel=1e-12)
    assert r.sliver_fraction < 1e-6


@pytest.mark.parametrize("ballistics", ["quasi-steady", "transient"])
def test_mass_closes(ballistics: str) -> None:
    fins = {"shape": "finocyl", "length": 0.4, "outer_diameter": 0.09, "core_diameter": 0.02, "fins": 6, "fin_width": 0.005,
            "fin_length": 0.015}  # fmt: skip
    for grain in (BASE["grain"], [fins]):
        r = solid_performance(motor(grain=grain, ballistics=ballistics))
        assert r.mass_balance < 1e-6
    # by the histories alone, gas that stays in the chamber left out
    assert np.trapezoid(r.mass_flow, r.time) == pytest.approx(r.propellant_mass_initial, rel=3e-3)


def test_mass_closes_where_most_of_the_surface_goes_at_once() -> None:
    """Wide arcs about the axis reach the case all together, before the rest."""
    star = {"shape": "star", "length": 0.25, "outer_diameter": 0.043, "points": 7, "web": 0.0086, "fillet": 0.0013,
            "opening": 1.3, "fraction": 0.33}  # fmt: skip
    r = solid_performance(motor(grain=[star], nozzle=BASE["nozzle"] | {"throat_diameter": 0.015}))
    assert r.mass_balance < 1e-6
    assert r.web == pytest.approx(0.0086, rel=1e-6)


def test_transient_runs_into_the_steady_pressure() -> None:
    steady, full = (solid_performance(motor(ballistics=b)) for b in ("quasi-steady", "transient"))
    depth = np.linspace(0.3, 0.9, 10) * steady.web
    a = np.interp(depth, steady.burnt_depth[:-1], steady.pressure[:-1])
    until = int(np.argmax(full.burnt_depth))
    b = np.interp(depth, full.burnt_depth[:until], full.pressure[:until])
    assert b == pytest.approx(a, rel=0.01)
    assert full.total_impulse_vacuum == pytest.approx(steady.total_impulse_vacuum, rel=2e-3)
    assert full.pressure[0] < 0.1 * full.peak_pressure
    assert full.pressure[-1] < 0.01 * full.peak_pressure


def test_thrust_coefficient() -> None:
    """gamma 1.2, area ratio 10: 1.73 in vacuum by the charts of textbooks (recalled); a sonic nozzle in closed form."""
    assert float(thrust_coefficient(10.0, 1.2)) == pytest.approx(1.73, abs=0.02)
    assert float(thrust_coefficient(1.0 + 1e-12, 1.2)) == pytest.approx(
        (2 / 2.2) ** (1.2 / 0.2) * 2.2, rel=1e-6
    )  # a sonic nozzle: p*(1 + gamma)


def test_losses_are_itemised_and_multiply() -> None:
    nozzle = {k: v for k, v in BASE["nozzle"].items() if k != "efficiency"}
    gas = BASE["propellant"]["gas"] | {"condensed": 0.33}
    r = solid_performance(motor(nozzle=nozzle, propellant=BASE["propellant"] | {"gas": gas}, ballistics="quasi-steady"))
    assert [x.name for x in r.losses] == ["divergence of the cone", "boundary layer", "two-phase flow"]
    assert r.losses[-1].isp_after == pytest.approx(r.isp_vacuum, rel=1e-6)
    assert 0.01 < 1.0 - r.losses[2].factor < 0.08
    assert two_phase(1000.0, 0.0, 2.0, 40.0, 10.0) == 0.0


@pytest.mark.timeout(120)  # the equilibrium solver is compiled at its first use
def test_equilibrium_gas_of_a_star_grain() -> None:
    """c* of AP/Al/HTPB 68/18/14: 1565 to 1600 m/s is what equilibrium codes give (here as a bracket, not a validation)."""
    m = load_document(SolidMotor, MOTORS / "ap-htpb-star.yaml")
    r = solid_performance(m)
    assert 1565.0 * 0.985 < r.c_star < 1600.0 * 0.985
    assert r.flame_temperature is not None and 3300.0 < r.flame_temperature < 3700.0
    assert 0.05 < r.sliver_fraction < 0.15
    assert r.web == pytest.approx(0.105, abs=2e-4)
    assert rules(r)["solid.kinetics"] is Severity.UNKNOWN


def test_colder_grain_burns_slower() -> None:
    p = BASE["propellant"] | {"temperature_sensitivity": 0.002, "reference_temperature": 294.26}
    warm, cold = (
        solid_performance(motor(propellant=p, temperature=t, ballistics="quasi-steady")) for t in (310.0, 270.0)
    )
    # pi_K = sigma_p/(1 - n)
    assert np.log(warm.peak_pressure / cold.peak_pressure) == pytest.approx(40.0 * 0.002 / 0.65, rel=1e-6)


def test_eroding_throat_lowers_the_pressure() -> None:
    firm, worn = (solid_performance(motor(nozzle=BASE["nozzle"] | {"erosion_rate": e}, ballistics="quasi-steady"))
                  for e in (0.0, 2e-4))  # fmt: skip
    assert worn.pressure[-2] < 0.95 * firm.pressure[-2]
    assert worn.action_time > firm.action_time


def test_center_of_mass_of_an_end_burner_moves_to_the_head() -> None:
    grain = [{"shape": "end burner", "length": 0.3, "outer_diameter": 0.12}]
    r = solid_performance(
        motor(grain=grain, free_volume=1e-4, nozzle=BASE["nozzle"] | {"throat_diameter": 0.005, "exit_diameter": 0.012})
    )
    assert r.center_of_mass[0] == pytest.approx(0.15)
    assert np.interp(0.2, r.burnt_depth[:-5], r.center_of_mass[:-5]) == pytest.approx(0.05, rel=1e-3)


def test_two_laws_meet_at_their_border() -> None:
    laws = [{"rate": 0.005, "at": 2e6, "exponent": 0.5, "pressures": (1e5, 3e6)},
            {"rate": 0.005 * 1.5**0.5, "at": 3e6, "exponent": 0.2, "pressures": (3e6, 9e6)}]  # fmt: skip
    r = solid_performance(motor(propellant=BASE["propellant"] | {"burn_rate": laws}, ballistics="quasi-steady"))
    p = r.pressure[:-1]
    rate = np.where(p < 3e6, 0.005 * (p / 2e6) ** 0.5, laws[1]["rate"] * (p / 3e6) ** 0.2)
    assert p == pytest.approx(1700.0 * 1550.0 * rate * r.klemmung[:-1], rel=1e-9) or r.klemmung[-2] == 0.0


def test_findings() -> None:
    wide = [BASE["grain"][0] | {"core_diameter": 0.036}]
    good = rules(solid_performance(motor(grain=wide, meop=9e6, inert_mass=3.0, ballistics="quasi-steady")))
    assert set(good.values()) == {Severity.OK}
    bad = motor(meop=1e6, ballistics="quasi-steady", propellant=with_law(pressures=(1e5, 1e6)),
                nozzle=BASE["nozzle"] | {"throat_diameter": 0.024, "exit_diameter": 0.15})  # fmt: skip
    found = rules(solid_performance(bad))
    assert found["solid.meop"] is Severity.ERROR
    assert found["solid.erosive"] is Severity.WARN
    assert found["solid.burn_rate_range"] is Severity.WARN
    assert found["solid.separation"] is Severity.WARN
    assert found["solid.inert_mass"] is Severity.UNKNOWN
    long = motor(grain=[BASE["grain"][0] | {"count": 10, "core_diameter": 0.06}],
                 nozzle=BASE["nozzle"] | {"throat_diameter": 0.04})  # fmt: skip
    assert rules(solid_performance(long.evolve(ballistics="quasi-steady")))["solid.length"] is Severity.WARN


def test_unstable_exponent_is_impossible() -> None:
    with pytest.raises(ImpossibleError, match="exponent 1"):
        solid_performance(motor(propellant=with_law(exponent=1.0)))


def test_no_steady_pressure_is_impossible() -> None:
    with pytest.raises(ImpossibleError, match="enlarge the"):
        solid_performance(motor(nozzle=BASE["nozzle"] | {"throat_diameter": 0.001}))


@pytest.mark.parametrize(("changes", "says"), [
    ({"grain": [BASE["grain"][0] | {"core_diameter": 0.09}]}, "outer_diameter.*no web"),
    ({"grain": [{"shape": "star", "length": 1.0, "outer_diameter": 0.2, "points": 5, "web": 0.2, "opening": 1.2}]}, "web"),
    ({"grain": [{"shape": "star", "length": 1.0, "outer_diameter": 0.2, "points": 3, "web": 0.04, "opening": 0.4}]}, "axis"),
    ({"nozzle": BASE["nozzle"] | {"exit_diameter": 0.01}}, "exit_diameter.*smaller than the throat"),
    ({"propellant": {k: v for k, v in BASE["propellant"].items() if k != "gas"}}, "either gas"),
])  # fmt: skip
def test_bad_input_names_the_field(changes: dict[str, Any], says: str) -> None:
    with pytest.raises(InputError, match=rf"(?s){says}"):
        motor().evolve(**changes)


def test_bad_file_names_the_line(tmp_path: Path) -> None:
    text = (MOTORS / "bates-o3100.yaml").read_text().replace("half_angle: 15 deg", "half_angle: 15")
    (tmp_path / "m.yaml").write_text(text)
    with pytest.raises(DocumentError, match=r"m\.yaml:15.*half_angle"):
        load_document(SolidMotor, tmp_path / "m.yaml")


def test_result_survives_the_run_folder() -> None:
    r = solid_performance(motor(ballistics="quasi-steady"))
    assert SolidMotorPerformance.from_json(r.to_json()).same_as(r)
