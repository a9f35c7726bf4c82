"""The runs of a dispersion as columns: what was drawn, what became of it, how it ended."""

import re
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..core.earth import MU, RADIUS
from ..trajectory.dispersion.impacts import vacuum_impacts
from ..trajectory.dispersion.program_layout import EXCEPTION, NOT_A_NUMBER, REACHED, STATUS, O
from .dispersion_model import DispersionModel, Draw, mark_of, place, slug

Columns = dict[str, np.ndarray]
TEXTS = ("status", "message")
Packed = tuple[int, tuple[str, ...], np.ndarray, tuple[tuple[str, ...], ...]]
"""First run, names of the columns, numbers (columns, runs), texts."""


@dataclass(frozen=True)
class Output:
    """A column of results that statistics are made of: its key in files (SI, suffixed), what people read, their unit and
    scale.

    of_reached: it means something only where the orbit was reached; high: its large values are the bad ones (low: the
    small).
    """

    key: str
    name: str
    unit: str
    scale: float
    of_reached: bool
    high: bool = True


DEGREE = 180.0 / np.pi
OUTPUTS = (
    # of every model
    Output("perigee_altitude_m", "Perigee altitude", "km", 1e-3, True, False),
    Output("apogee_altitude_m", "Apogee altitude", "km", 1e-3, True),
    Output("inclination_rad", "Inclination", "deg", DEGREE, True),
    Output("propellant_left_kg", "Propellant margin", "kg", 1.0, True, False),
    Output("insertion_time_s", "Insertion", "s", 1.0, True),
    Output("max_dynamic_pressure_Pa", "Max q", "kPa", 1e-3, False),
    Output("max_q_alpha_Pa_rad", "Max q·α", "kPa·deg", 1e-3 * DEGREE, False),
    Output("max_axial_acceleration_m_s2", "Max axial acceleration", "m/s²", 1.0, False),
    Output("max_lateral_acceleration_m_s2", "Max lateral acceleration", "m/s²", 1.0, False),
    Output("fairing_heat_flux_W_m2", "Heat flux after fairing jettison", "W/m²", 1.0, True),
    # of a body
    Output("max_attitude_error_rad", "Max attitude error", "deg", DEGREE, False),
    Output("max_gimbal_angle_rad", "Max gimbal angle", "deg", DEGREE, False),
    Output("max_body_rate_rad_s", "Max body rate", "deg/s", DEGREE, False),
    Output("gimbal_saturated_time_s", "Time at a gimbal's limit", "s", 1.0, False),
    Output("navigation_position_error_m", "Navigation's position error", "m", 1.0, False),
    Output("navigation_velocity_error_m_s", "Navigation's velocity error", "m/s", 1.0, False),
)


STATIC = {o.key: o for o in OUTPUTS}
JOINT_KEY = re.compile(r"joint_(?P<joint>\w+)_(?P<what>axial|shear|bending|equivalent)_(?P<unit>N_m|N)")
SPEED_KEY = re.compile(r"(?P<body>\w+)_touchdown_speed_m_s")


def output_of(key: str) -> Output | None:
    """What a column's key stands for: of every study, or of a joint or a body of this one; None for what is no output."""
    if key in STATIC:
        return STATIC[key]
    if found := JOINT_KEY.fullmatch(key):
        name = f"{found['joint'].replace('_', ' ')}: {found['what']}".capitalize()
        return Output(key, name, "kN·m" if found["unit"] == "N_m" else "kN", 1e-3, False)
    if found := SPEED_KEY.fullmatch(key):
        return Output(key, f"{found['body'].replace('_', ' ')}: touchdown speed".capitalize(), "m/s", 1.0, False)
    return None


def outputs_of(columns: Columns) -> tuple[Output, ...]:
    """Those that the columns have."""
    return tuple(o for o in map(output_of, columns) if o is not None)


def input_keys(model: DispersionModel) -> list[str]:
    """Columns of what was drawn, SI; winds and air as normal scores of their shapes."""
    return [f"input_{slug(name)}" for name in model.input_names]


def fly_runs(model: DispersionModel, first: int, points: np.ndarray) -> Columns:
    """Columns (n,) of the runs from *first* on at points (n, dimensions); a run that raises is one row that says so."""
    try:
        return _columns(model, first, points)
    except Exception as error:  # one of them: each alone then, so that the rest goes on
        if len(points) > 1:
            return joined([fly_runs(model, first + k, points[k : k + 1]) for k in range(len(points))])
        return _raised(model, first, points, error)


def _columns(model: DispersionModel, first: int, points: np.ndarray) -> Columns:
    draw = model.draw(points)
    return as_columns(model, first, draw, model.fly(draw, first))


def _raised(model: DispersionModel, first: int, points: np.ndarray, error: Exception) -> Columns:
    out = np.full((1, model.outcome_size), np.nan)
    out[0, O.status], out[0, O.segment] = EXCEPTION, 0
    try:
        draw = model.draw(points)
    except Exception:
        empty = np.full((1, len(model.input_names)), np.nan)
        draw = Draw(empty, np.zeros((1, 0)), np.ones(1), np.full((1, len(model.failures)), np.nan))
    found = as_columns(model, first, draw, out)
    found["message"] = np.array([f"run {first}: {type(error).__name__}: {error}"], dtype=object)
    return found


def as_columns(model: DispersionModel, first: int, draw: Draw, out: np.ndarray) -> Columns:
    """Draw and outcomes as columns. What is not known of a run is nan."""
    status = out[:, O.status].astype(int)
    reached = status == REACHED
    columns: Columns = {
        "run": first + np.arange(len(out)),
        "status": np.array([STATUS[s] for s in status], dtype=object),
        "message": np.array([_message(model, first + i, row) for i, row in enumerate(out)], dtype=object),
        "weight": draw.weights,
    }
    perigee, apogee, inclination, node = _orbits(out[:, O.x : O.vz + 1])
    inside = {
        "insertion_time_s": out[:, O.end_time], "perigee_altitude_m": perigee, "apogee_altitude_m": apogee,
        "inclination_rad": inclination, "ascending_node_rad": node, "propellant_left_kg": out[:, O.left],
        "fairing_heat_flux_W_m2": out[:, O.most_heat_flux], "radius_error_m": out[:, O.target_radius_error],
        "radial_speed_error_m_s": out[:, O.target_rate_error], "plane_speed_error_m_s": out[:, O.target_plane_error],
    }  # fmt: skip
    state = (f"insertion_{name}" for name in ("x_m", "y_m", "z_m", "vx_m_s", "vy_m_s", "vz_m_s"))
    inside |= dict(zip(state, out[:, O.x : O.vz + 1].T, strict=True))  # inertial: the Earth-fixed axes of T-0, frozen
    columns |= {name: np.where(reached, values, np.nan) for name, values in inside.items()}
    columns |= {
        "end_time_s": out[:, O.end_time],
        "max_dynamic_pressure_Pa": out[:, O.most_q],
        "max_dynamic_pressure_time_s": out[:, O.most_q_time],
        "max_q_alpha_Pa_rad": out[:, O.most_q_alpha],
        "max_axial_acceleration_m_s2": out[:, O.most_axial],
        "max_lateral_acceleration_m_s2": out[:, O.most_lateral],
    }
    for segment, name in model.drops:
        mark = mark_of(out, segment)
        impact = vacuum_impacts(mark[:, :7])
        speed = np.linalg.norm(mark[:, 4:7], axis=1)
        columns |= {
            f"{slug(name)}_time_s": mark[:, 0],
            f"{slug(name)}_speed_inertial_m_s": speed,
        } | place(name, impact)
    end = np.column_stack([out[:, O.end_time], out[:, O.x : O.vz + 1]])
    end[reached | ~np.isfinite(end).all(axis=1)] = np.nan
    columns |= place("end of a failed flight", vacuum_impacts(end))
    columns |= model.more(out)
    columns |= {f"failed_{slug(f.name)}_time_s": draw.failed[:, k] for k, f in enumerate(model.failures)}
    return columns | dict(zip(input_keys(model), draw.inputs.T, strict=True))


def _message(model: DispersionModel, run: int, out: np.ndarray) -> str:
    status = int(out[O.status])
    if status == REACHED:
        return ""
    where = model.program.names[int(out[O.segment])]
    if status == NOT_A_NUMBER:
        return f"run {run}: a number that is none at {out[O.end_time]:.3f} s, in '{where}'"
    return f"run {run}: {STATUS[status]} at {out[O.end_time]:.1f} s, in '{where}'"


def _orbits(states: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Perigee and apogee altitude over the equatorial radius [m], inclination and node [rad] of states (n, 6)."""
    r, v = states[:, :3], states[:, 3:]
    with np.errstate(all="ignore"):
        size = np.linalg.norm(r, axis=1)
        h = np.cross(r, v)
        momentum = np.linalg.norm(h, axis=1)
        e = np.linalg.norm(np.cross(v, h) / MU - r / size[:, None], axis=1)
        p = momentum**2 / MU
        apogee = np.where(e < 1.0, p / (1.0 - e), np.nan) - RADIUS
        return (
            p / (1.0 + e) - RADIUS,
            apogee,
            np.arccos(h[:, 2] / momentum),
            np.arctan2(h[:, 0], -h[:, 1]) % (2 * np.pi),
        )


def joined(parts: list[Columns]) -> Columns:
    """One after another."""
    return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}


def packed_runs(model: DispersionModel, first: int, points: np.ndarray) -> Packed:
    """`fly_runs` in few pieces: what is sent from one process to another costs by their number."""
    columns = fly_runs(model, first, points)
    numbers = [name for name in columns if name not in TEXTS]
    texts = tuple(tuple(columns[name].tolist()) for name in TEXTS)
    return first, tuple(columns), np.array([columns[name] for name in numbers], float), texts


def unpacked(packed: Packed) -> Columns:
    """The columns that were packed."""
    first, names, numbers, texts = packed
    row = iter(numbers)
    said = {name: np.array(text, dtype=object) for name, text in zip(TEXTS, texts, strict=True)}
    columns = {name: said[name] if name in TEXTS else next(row) for name in names}
    return columns | {"run": first + np.arange(numbers.shape[1])}


def to_arrow(columns: Columns) -> Any:
    """A pyarrow table; what is not a number is null."""
    import pyarrow as pa

    arrays = {
        name: pa.array(values.tolist(), pa.string()) if name in TEXTS else pa.array(values, from_pandas=True)
        for name, values in columns.items()
    }
    return pa.table(arrays)


def from_arrow(table: Any) -> Columns:
    """The columns of a table as `to_arrow` made it."""
    return {
        name: np.array(table[name].to_pylist(), dtype=object)
        if name in TEXTS
        else table[name].to_numpy(zero_copy_only=False)
        for name in table.column_names
    }
