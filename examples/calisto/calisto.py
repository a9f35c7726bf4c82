"""Calisto, the sounding rocket of RocketPy's documentation, with six degrees of freedom: rail, motor, fins, two parachutes.

Figures: RocketPy, "First Simulation with RocketPy" (docs/user/first_simulation.rst, read 2026-11). Two differences from that
page: the standard atmosphere without wind in place of a day's forecast, and the drag of the motor-off curve throughout.
Run it: python examples/calisto/calisto.py
"""

from pathlib import Path

import numpy as np

from osea_rocket.core.earth import G0
from osea_rocket.core.numeric import table
from osea_rocket.propulsion.thrust_curve import read_thrust_curve
from osea_rocket.trajectory.flight.aero import aero_grid
from osea_rocket.trajectory.flight.case import Case, Phase, assemble, launch_axes, quaternion_of_axes
from osea_rocket.trajectory.flight.layout import (
    EVENT_ALTITUDE_DOWN,
    EVENT_APOGEE,
    EVENT_GROUND,
    GUIDANCE_NONE,
    KIND_CHUTE,
    KIND_RAIL,
)
from osea_rocket.trajectory.flight.plant import Flight
from osea_rocket.trajectory.site import LaunchSite
from osea_rocket.trajectory.steering import LaunchFrame
from osea_rocket.vehicle.aero_table import Body, build_table
from osea_rocket.vehicle.fin_methods import FinSet, roll_damping, single_slope
from osea_rocket.vehicle.parts import nose_profile

HERE = Path(__file__).parent
NOZZLE = 1.255  # m: the page counts from the centre of mass without motor; stations count from the nozzle
RADIUS, NOSE_LENGTH, NOSE_TIP = 0.0635, 0.55829, 1.278 + NOZZLE
TAIL_TOP, TAIL_BOTTOM_RADIUS, TAIL_LENGTH = -1.194656 + NOZZLE, 0.0435, 0.060
FINS = FinSet(count=4, root=0.120, tip=0.060, span=0.110, sweep=0.060, radius=RADIUS, leading_edge=-1.04956 + NOZZLE)
CANT = np.radians(0.5)
BODY_MASS, BODY_INERTIA, BODY_ROLL = 14.426, 6.321, 0.034
CASE_MASS, CASE_INERTIA, CASE_ROLL, CASE_STATION = 1.815, 0.125, 0.002, 0.317
GRAINS, GRAIN_DENSITY, GRAIN_STATION = 5, 1815.0, 0.397
GRAIN_OUTER, GRAIN_INNER, GRAIN_HEIGHT, GRAIN_GAP = 0.033, 0.015, 0.120, 0.005
ELEVATION, LATITUDE, LONGITUDE = 1400.0, np.radians(32.990254), np.radians(-106.974998)
RAIL_LENGTH, RAIL_ELEVATION, HEADING = 5.2, np.radians(85.0), 0.0
DROGUE, MAIN, MAIN_HEIGHT, LAG = 1.0, 10.0, 800.0, 1.5
AREA, DIAMETER = np.pi * RADIUS**2, 2.0 * RADIUS


def propellant_mass() -> float:
    """[kg] of the grains."""
    return GRAINS * GRAIN_DENSITY * np.pi * (GRAIN_OUTER**2 - GRAIN_INNER**2) * GRAIN_HEIGHT


def masses() -> dict[str, object]:
    """Centre of mass and inertia against mass, the grains burning from inside out with their centre where it is."""
    loads = np.linspace(0.0, propellant_mass(), 8)
    rows = []
    for load in loads:
        parts = [(BODY_MASS, NOZZLE, BODY_INERTIA, BODY_ROLL), (CASE_MASS, CASE_STATION, CASE_INERTIA, CASE_ROLL)]
        inner2 = GRAIN_OUTER**2 - load / (GRAINS * GRAIN_DENSITY * np.pi * GRAIN_HEIGHT)
        for k in range(GRAINS):
            m = load / GRAINS
            across = m * ((GRAIN_OUTER**2 + inner2) / 4.0 + GRAIN_HEIGHT**2 / 12.0)
            station = GRAIN_STATION + (k - (GRAINS - 1) / 2.0) * (GRAIN_HEIGHT + GRAIN_GAP)
            parts.append((m, station, across, m * (GRAIN_OUTER**2 + inner2) / 2.0))
        mass = sum(m for m, *_ in parts)
        center = sum(m * x for m, x, *_ in parts) / mass
        pitch = sum(i + m * (x - center) ** 2 for m, x, i, _ in parts)
        rows.append((mass, center, pitch, sum(r for *_, r in parts)))
    mass, center, pitch, roll = np.array(rows).T
    return {
        "center_of_mass": table(mass, center), "roll_inertia": table(mass, roll), "pitch_inertia": table(mass, pitch),
        "yaw_inertia": table(mass, pitch),
    }  # fmt: skip


def aerodynamics():
    """The table of nose, body, fins and tail, with the given drag at zero angle."""
    mach, drag = np.loadtxt(HERE / "drag.csv", delimiter=",", skiprows=2).T
    x, r = nose_profile("von-karman", NOSE_LENGTH, RADIUS)
    stations = np.concatenate([[TAIL_TOP - TAIL_LENGTH, TAIL_TOP], NOSE_TIP - np.asarray(x)[::-1]])
    radii = np.concatenate([[TAIL_BOTTOM_RADIUS, RADIUS], np.asarray(r)[::-1]])
    found = build_table([Body(stations, radii)], [FINS], reference_area=AREA, mach=mach, drag_on=drag, drag_off=drag)
    return found, table(mach, drag)


def calisto(step: float = 0.01) -> Case:
    """The flight: on the rail, burning, coasting to apogee, under the drogue, under the main parachute."""
    found, drag = aerodynamics()
    dry = BODY_MASS + CASE_MASS
    motor = read_thrust_curve(HERE / "motor.eng", exit_area=0.0)
    time, thrust = np.array(motor.time), np.array(motor.thrust)
    fine = np.unique(np.concatenate([time, np.linspace(0.0, time[-1], 400)]))
    push = np.interp(fine, time, thrust)
    flow = push * propellant_mass() / np.trapezoid(thrust, time)
    centers = masses()
    mean = 1.3
    lever = FINS.count * FINS.area / AREA * FINS.mean_span / DIAMETER * CANT
    forcing = np.array([lever * single_slope(FINS, float(m)) for m in found.mach])
    tables = {
        **centers,
        "axial": drag,
        "pitch_damping": table(found.mach, [found.pitch_damping(float(m), mean) for m in found.mach]),
        "roll_damping": table(found.mach, [roll_damping(FINS, float(m), AREA, DIAMETER) for m in found.mach]),
        "roll_forcing": table(found.mach, forcing),
    }  # fmt: skip
    burning = tables | {"motor_thrust": table(fine, push), "motor_flow": table(fine, flow)}
    common = {
        "area": AREA, "diameter": DIAMETER, "guidance": GUIDANCE_NONE, "step": step, "clock_flight": 1.0, "exit_radius": 0.033,
    }  # fmt: skip
    grid = aero_grid(found, np.linspace(0.0, 2.0, 81), power_on=False)
    chute = common | {"kind": KIND_CHUTE, "chute_time": 1e-3, "step": 0.2}
    phases = [
        Phase(name="rail", numbers=common | {"kind": KIND_RAIL, "rail_length": RAIL_LENGTH}, tables=burning, aero=grid),
        Phase(name="burn", numbers=common | {"least_mass": dry + 1e-6, "duration": time[-1]}, tables=burning, aero=grid),
        Phase(name="coast", numbers=common | {"end_event": EVENT_APOGEE}, tables=tables, aero=grid),
        Phase(name="drogue opening", numbers=common | {"duration": LAG}, tables=tables, aero=grid),
        Phase(
            name="drogue",
            numbers=chute | {"chute_area": DROGUE, "end_event": EVENT_ALTITUDE_DOWN, "level": ELEVATION + MAIN_HEIGHT},
            tables=tables,
            aero=grid,
        ),
        Phase(name="main opening", numbers=chute | {"chute_area": DROGUE, "duration": LAG}, tables=tables, aero=grid),
        Phase(name="main", numbers=chute | {"chute_area": MAIN, "end_event": EVENT_GROUND}, tables=tables, aero=grid),
    ]  # fmt: skip
    site = LaunchSite(name="Spaceport America", latitude=LATITUDE, longitude=LONGITUDE, altitude=ELEVATION)
    east, north, up = site.east_north_up()
    downrange = np.sin(HEADING) * east + np.cos(HEADING) * north
    cross = np.cos(HEADING) * east - np.sin(HEADING) * north
    frame = LaunchFrame(*map(float, (*downrange, *up, *cross)))
    axes = launch_axes(frame)
    c, s = np.cos(RAIL_ELEVATION), np.sin(RAIL_ELEVATION)
    body = axes @ np.array([[c, 0.0, s], [0.0, 1.0, 0.0], [-s, 0.0, c]])
    return assemble(
        phases,
        position=site.position(),
        velocity=site.inertial_velocity(),
        quaternion=quaternion_of_axes(body),
        mass=dry + propellant_mass(),
        frame=frame,
        head={"ground": ELEVATION, "longest": 1000.0},
    )


def main() -> None:
    """Fly it and say what happened."""
    case = calisto()
    flight = Flight(case, log_rows=20000)
    status = flight.advance()
    found, history = flight.results(), flight.history()
    rail = int(np.argmax(history["phase"] > 0))
    print(f"{status} after {flight.time:.1f} s")
    print(f"off the rail after {history['time'][rail]:.3f} s")
    print(f"apogee {found['most_altitude'] - ELEVATION:.1f} m over the ground, Mach {found['most_mach']:.3f} at most")
    impulse = np.trapezoid(history["thrust"], history["time"])
    print(f"lift-off mass {case.state[13]:.3f} kg, specific impulse {impulse / propellant_mass() / G0:.1f} s")


if __name__ == "__main__":
    main()
