"""Calisto as RocketPy's documentation states it, in the standard atmosphere without wind: `python run_rocketpy.py FLIGHTS`.

Motor and drag are read from examples/calisto, so that both programs fly the same figures; the fins' airfoil file, which the
package does not bring, is left out. Prints one JSON line: apogee over the ground [m], time off the rail
[s], end [s], and seconds for each flight.
"""

import json
import sys
import time
from pathlib import Path

import numpy as np
from rocketpy import Environment, Flight, Rocket, SolidMotor

EXAMPLE = Path(__file__).resolve().parents[3] / "examples" / "calisto"


def calisto():
    """Environment and rocket."""
    env = Environment(latitude=32.990254, longitude=-106.974998, elevation=1400)
    env.set_atmospheric_model(type="standard_atmosphere")
    curve = [
        line.split() for line in (EXAMPLE / "motor.eng").read_text().splitlines() if line and line[0] in "0123456789"
    ]
    thrust = np.array([[0.0, 0.0], *[[float(a), float(b)] for a, b in curve]])
    motor = SolidMotor(
        thrust_source=thrust,
        dry_mass=1.815,
        dry_inertia=(0.125, 0.125, 0.002),
        nozzle_radius=33 / 1000,
        grain_number=5,
        grain_density=1815,
        grain_outer_radius=33 / 1000,
        grain_initial_inner_radius=15 / 1000,
        grain_initial_height=120 / 1000,
        grain_separation=5 / 1000,
        grains_center_of_mass_position=0.397,
        center_of_dry_mass_position=0.317,
        nozzle_position=0,
        burn_time=3.9,
        throat_radius=11 / 1000,
        coordinate_system_orientation="nozzle_to_combustion_chamber",
    )
    drag = np.loadtxt(EXAMPLE / "drag.csv", delimiter=",", skiprows=2).tolist()
    rocket = Rocket(
        radius=127 / 2000,
        mass=14.426,
        inertia=(6.321, 6.321, 0.034),
        power_off_drag=drag,
        power_on_drag=drag,
        center_of_mass_without_motor=0,
        coordinate_system_orientation="tail_to_nose",
    )
    rocket.add_motor(motor, position=-1.255)
    rocket.set_rail_buttons(upper_button_position=0.0818, lower_button_position=-0.6182, angular_position=45)
    rocket.add_nose(length=0.55829, kind="von karman", position=1.278)
    rocket.add_trapezoidal_fins(n=4, root_chord=0.120, tip_chord=0.060, span=0.110, position=-1.04956, cant_angle=0.5)
    rocket.add_tail(top_radius=0.0635, bottom_radius=0.0435, length=0.060, position=-1.194656)
    rocket.add_parachute(name="main", cd_s=10.0, trigger=800, sampling_rate=105, lag=1.5)
    rocket.add_parachute(name="drogue", cd_s=1.0, trigger="apogee", sampling_rate=105, lag=1.5)
    return env, rocket


def main() -> None:
    """Fly it as often as asked."""
    env, rocket = calisto()
    seconds, flight = [], None
    for _ in range(int(sys.argv[1]) + 1):
        begun = time.perf_counter()
        flight = Flight(rocket=rocket, environment=env, rail_length=5.2, inclination=85, heading=0)
        seconds.append(time.perf_counter() - begun)
    found = {
        "apogee": float(flight.apogee - env.elevation),
        "rail": float(flight.out_of_rail_time),
        "end": float(flight.t_final),
    }
    print(json.dumps(found | {"seconds": seconds[1:]}))  # the first one warms it up


if __name__ == "__main__":
    main()
