"""Mission data for a flight computer: phases, steering table, gains, targets and the pad, as a C header of constants."""

import numpy as np

from ..core.compiled import compiled_ieee
from ..core.numeric import lookup
from ..recovery.guidance.export import c_sources
from ..trajectory.flight.layout import PH, STEER, H
from ..trajectory.flight.lookups import flat, inertia_about
from .bench import BenchCase
from .descent_software import NO_DESCENT, c_row, descent_lines
from .landing_bench import LandingBench

GAIN_PERIOD = 1.0
"""[s] between two rows of the gains."""
_NUMBERS = (
    "duration", "stage", "guidance", "gimbal_limit", "roll_torque", "rcs_roll", "rcs_pitch", "rcs_yaw", "rcs_pulse",
    "throttle_min", "exhaust", "tail", "filter", "separates", "ignites", "stops", "start_ramp", "engines",
    "target_radius", "target_speed", "target_path", "target_nx", "target_ny", "target_nz",
)  # fmt: skip


@compiled_ieee
def _gains(bank, ph, times, out):
    for i in range(times.size):
        for j in range(3):
            at = ph[PH.gain_p] if j == 0 else ph[PH.gain_d] if j == 1 else ph[PH.gain_i]
            out[i, j] = lookup(flat(bank, at), times[i])


@compiled_ieee
def _inertias(bank, ph, masses, out):
    for i in range(masses.size):
        for axis in range(3):
            out[i, axis] = inertia_about(bank, ph, axis, masses[i])


def software_files(made: BenchCase | LandingBench) -> dict[str, str]:
    """What the reference flight computer is built from beside its own sources and its messages: ``mission.h``, and the landing
    guidance, ``osea_landing.h`` and ``.c``."""
    return {"mission.h": mission_header(made)} | c_sources()


def mission_header(made: BenchCase | LandingBench) -> str:
    """``mission.h`` for the reference flight computer: numbers in SI, angles in radians, time in seconds since T-0.

    Everything in it is known before flight: the planned ascent, the vehicle's nominal mass properties, the surveyed pad.
    """
    case, bench = made.case, made.bench
    head, phases = case.bank, case.phases
    history = made.spans()
    steering = head[int(head[H.steering]) :]
    rows = int(phases[:, PH.steer_end].max())
    table = steering[: rows * STEER].reshape(rows, STEER)[:, :4] if rows else np.zeros((2, 4))
    gains, begins = [], []
    blocks = []
    for k, ph in enumerate(phases):
        span = history[k][2] if k in history else float(min(ph[PH.duration], 1e4))
        begin_mass, end_mass = history[k][:2] if k in history else (ph[PH.begin_mass], ph[PH.begin_mass])
        out = np.zeros((2, 3))
        _inertias(head, ph, np.array([begin_mass, end_mass]), out)
        begins.append(len(gains))
        count = 0
        if ph[PH.gimbal_limit] > 0.0:
            times = np.arange(0.0, span + 2.0 * GAIN_PERIOD, GAIN_PERIOD)
            found = np.zeros((len(times), 3))
            _gains(head, ph, times, found)
            gains += found.tolist()
            count = len(times)
        named = ", ".join(f".{n} = {_number(ph[getattr(PH, n)], n)}" for n in _NUMBERS)
        ends_empty = int(ph[PH.least_mass] > 0.0)
        blocks.append(
            f'    {{ .name = "{case.names[k]}", {named}, .planned = {span!r}, .ends_empty = {ends_empty}, '
            f".steer_begin = {int(ph[PH.steer_begin])}, .steer_end = {int(ph[PH.steer_end])}, .gain_begin = {begins[-1]}, "
            f".gain_rows = {count}, .inertia = {{ {c_row(out[0])}, {c_row(out[1])} }} }}"
        )
    gains = gains or [[0.0] * 3] * 2
    earth = {n.upper(): head[getattr(H, n)] for n in ("mu", "radius", "flattening", "rotation", "j2")}
    frame = {
        n: head[getattr(H, n)] for n in ("l0", "l1", "l2", "l3", "dx", "dy", "dz", "ux", "uy", "uz", "cx", "cy", "cz")
    }
    sensors = {
        "GYRO_NOISE": head[H.gyro_noise], "ACCELEROMETER_NOISE": head[H.accelerometer_noise],
        "GYRO_WALK": head[H.gyro_walk], "ACCELEROMETER_WALK": head[H.accelerometer_walk],
        "GYRO_BIAS_SIGMA": head[H.gyro_bias_sigma], "ACCELEROMETER_BIAS_SIGMA": head[H.accelerometer_bias_sigma],
        "ATTITUDE_SIGMA": head[H.attitude_sigma], "POSITION_SIGMA": head[H.position_sigma],
        "VELOCITY_SIGMA": head[H.velocity_sigma], "FIX_POSITION_SIGMA": head[H.gnss_position],
        "FIX_VELOCITY_SIGMA": head[H.gnss_velocity],
    }  # fmt: skip
    lines = [
        f"/* Mission data of '{made.name}' for the reference flight computer.",
        f" * Made by OSEA-Rocket from the input of sha256 {made.input_hash}; do not edit.",
        " * SI units, radians, seconds since T-0; inertial axes are the Earth-fixed ones of T-0. */",
        "#ifndef MISSION_H",
        "#define MISSION_H",
        "",
        '#include "mission_types.h"',
        "",
        *(f"#define {n} {float(v)!r}" for n, v in (earth | sensors).items()),
        f"#define SAMPLE_PERIOD {1.0 / bench.rate!r}",
        f"#define CONTROL_EVERY {max(round(bench.rate * made.control_period), 1)}",
        f"#define GUIDANCE_PERIOD {made.guidance_period!r}",
        f"#define GAIN_PERIOD {GAIN_PERIOD!r}",
        f"#define MISSION_PHASES {len(phases)}",
        "",
        f"static const double mission_pad[10] = {c_row(case.state[:10])}; /* position, velocity, attitude at T-0 */",
        f"static const double mission_launch_attitude[4] = {c_row([frame[n] for n in ('l0', 'l1', 'l2', 'l3')])};",
        "static const double mission_launch_axes[3][3] = { "
        + ", ".join(c_row([frame[a + c] for c in "xyz"]) for a in "duc")
        + " }; /* downrange, up, cross */",
        "",
        f"static const mission_steer_t mission_steering[{len(table)}] = {{ /* phase time, pitch, yaw, throttle */",
        *(f"    {c_row(row)}," for row in table),
        "};",
        "",
        f"static const mission_gain_t mission_gains[{len(gains)}] = {{ /* proportional, rate, integral */",
        *(f"    {c_row(row)}," for row in gains),
        "};",
        "",
        "static const mission_phase_t mission_phases[MISSION_PHASES] = {",
        ",\n".join(blocks),
        "};",
        "",
        *(descent_lines(made.design) if isinstance(made, LandingBench) else NO_DESCENT),
        "",
        "#endif",
        "",
    ]
    return "\n".join(lines)


def _number(value: float, name: str) -> str:
    if name in ("stage", "guidance", "separates", "ignites", "stops"):
        return str(int(value))
    return repr(float(value))
