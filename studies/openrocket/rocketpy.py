"""A small rocket as a RocketPy set-up: a Python script that flies it, with the drag of our own tables.

After RocketPy's class documentation (1.13): positions from the nose aft (`nose_to_tail`), a `GenericMotor` by thrust curve.
"""

from ...core.errors import InputError
from ...propulsion.solids.curve import RaspMotor
from ...vehicle.small_rocket import Parachute, SmallRocket

_NOSES = {"ogive": "ogive", "conical": "conical", "ellipsoidal": "elliptical", "von-karman": "von karman"}
_MOST_MACH = 3.0


def rocketpy_script(rocket: SmallRocket, motor: RaspMotor) -> str:
    """The script's text. Raises InputError for what RocketPy cannot hold: several motors, or none placed."""
    if len(rocket.motors) != 1:
        raise InputError(
            f"RocketPy holds one motor; '{rocket.name}' has places for {len(rocket.motors)}", where=rocket.where()
        )
    place, table = rocket.motors[0], rocket.aerodynamics()
    across, about = rocket.inertia
    radius = rocket.diameter / 2
    known = table.mach <= _MOST_MACH
    drag = [
        [round(float(m), 4), round(float(c), 5)]
        for m, c in zip(table.mach[known], table.axial_power_off[known, 0], strict=True)
    ]
    curve = [[round(float(t), 5), round(float(f), 4)] for t, f in zip(motor.time, motor.thrust, strict=True)]
    case = max(motor.loaded_mass - motor.propellant_mass, 1e-6)
    inertia = _case_inertia(case, place.diameter / 2, place.length)
    lines = [
        f'"""{_plain(rocket.name)}, written by OSEA-Rocket for RocketPy 1.13; figures in SI units."""',
        "",
        "from rocketpy import Environment, Flight, GenericMotor, Rocket",
        "",
        "env = Environment(latitude=0.0, longitude=0.0, elevation=0.0)",
        'env.set_atmospheric_model(type="standard_atmosphere")',
        f"motor = GenericMotor(thrust_source={curve!r}, burn_time={float(motor.time[-1])!r},",
        f"    chamber_radius={place.diameter / 2!r}, chamber_height={place.length!r}, chamber_position={place.length / 2!r},",
        f"    propellant_initial_mass={motor.propellant_mass!r}, nozzle_radius={place.diameter / 4!r}, dry_mass={case!r},",
        f"    center_of_dry_mass_position={place.length / 2!r}, dry_inertia={inertia!r},",
        '    nozzle_position=0.0, coordinate_system_orientation="nozzle_to_combustion_chamber")',
        f"drag = {drag!r}",
        f"rocket = Rocket(radius={radius!r}, mass={rocket.mass!r}, inertia=({across!r}, {across!r}, {about!r}),",
        "    power_off_drag=drag, power_on_drag=drag,",
        f'    center_of_mass_without_motor={rocket.center_of_mass!r}, coordinate_system_orientation="nose_to_tail")',
        f"rocket.add_motor(motor, position={place.station!r})",
        f"rocket.add_nose(length={rocket.nose.length!r}, kind={_NOSES[rocket.nose.shape]!r}, position=0.0,",
        f"    base_radius={rocket.nose.diameter / 2!r})",
    ]
    station = rocket.nose.length
    for piece in rocket.body:
        if piece.fore_diameter != piece.aft_diameter:
            lines.append(
                f"rocket.add_tail(top_radius={piece.fore_diameter / 2!r}, bottom_radius={piece.aft_diameter / 2!r}, "
                f"length={piece.length!r}, position={station!r}, radius={radius!r})"
            )
        station += piece.length
    lines += [
        f"rocket.add_trapezoidal_fins(n={f.count}, root_chord={f.root!r}, tip_chord={f.tip!r}, span={f.span!r}, "
        f"sweep_length={f.sweep!r}, position={f.station!r}, radius={f.diameter / 2!r})"
        for f in rocket.fins
    ]
    lines += [_parachute(p) for p in rocket.parachutes]
    lines += [
        "",
        'if __name__ == "__main__":',
        "    flight = Flight(rocket=rocket, environment=env, rail_length=1.5, inclination=88.0, heading=0.0)",
        '    print(f"apogee {flight.apogee - env.elevation:.1f} m, static margin {rocket.static_margin(0):.2f} calibres")',
    ]
    return "\n".join(lines) + "\n"


def _case_inertia(mass: float, radius: float, length: float) -> tuple[float, float, float]:
    across = mass * (radius**2 / 2 + length**2 / 12)
    return across, across, mass * radius**2


def _parachute(chute: Parachute) -> str:
    """RocketPy opens by altitude or at the apogee; a motor's charge is a time, which its trigger may not see: the apogee then."""
    trigger = repr(chute.altitude) if chute.opens == "altitude" else '"apogee"'
    note = "" if chute.opens != "ejection" else "  # by the motor's charge in the document; here at the apogee"
    name = _plain(chute.name)
    return (
        f"rocket.add_parachute(name={name!r}, cd_s={chute.drag_area!r}, trigger={trigger}, lag={chute.delay!r}){note}"
    )


def _plain(text: str) -> str:
    """A foreign name that can end no string or comment."""
    return "".join(c for c in text if c.isalnum() or c in " -_.,")
