"""A flight's definition packed into vectors: phases with their tables, the air, the steering programme and the first
state."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from ...core.numeric import Table, pack_table, table
from ..environment.atmosphere import Atmosphere, standard_atmosphere
from ..environment.gravity import WGS84, Earth
from ..environment.wind import Wind, calm
from ..steering import LaunchFrame
from .layout import (
    EVENT_NONE,
    FACTORS,
    GUIDANCE_TABLE,
    HEAD_SIZE,
    KIND_FREE,
    NEVER,
    PARAMETER_SIZE,
    PH,
    PHASE_SIZE,
    ST,
    STAGE_FACTORS,
    STAGE_SIZE,
    STAGES,
    STATE_SIZE,
    STEER,
    H,
    P,
    Y,
)

TABLES = (
    "thrust", "flow", "motor_thrust", "motor_flow", "axial", "pitch_damping", "roll_damping", "roll_forcing",
    "gain_p", "gain_d", "gain_i",
    "plume", "fin_slope",
)  # fmt: skip
_ABSENT = ("motor_thrust", "motor_flow", "plume", "fin_slope")  # -1 where there is none
_DEFAULTS: dict[str, Any] = {
    "kind": KIND_FREE, "duration": NEVER, "target_energy": NEVER, "end_event": EVENT_NONE, "guidance": GUIDANCE_TABLE,
    "step": 0.01, "order": 4.0,
    "throttle_min": 1.0, "throttle": 1.0, "area": 1.0, "diameter": 1.0, "gimballed": 1.0, "payload_share": 1.0,
}  # fmt: skip


@dataclass(frozen=True)
class AeroGrid:
    """Coefficients against Mach number and total angle of attack.

    mach: equidistant from 0, (m,); values (m, n, 3) at n angles equidistant in sin(alpha/2) from 0 to 180 degrees: axial
    force coefficient over
    that at zero angle, normal force coefficient over sin(alpha), station of the centre of pressure [m].
    """

    mach: np.ndarray
    values: np.ndarray

    def packed(self) -> np.ndarray:
        m, n, _ = self.values.shape
        return np.concatenate([[self.mach[-1], float(m), float(n)], np.ascontiguousarray(self.values, float).ravel()])


def no_lift(station: float = 0.0) -> AeroGrid:
    """A body on which the air acts along the axis only."""
    values = np.zeros((2, 2, 3))
    values[:, :, 0], values[:, :, 2] = 1.0, station
    return AeroGrid(np.array([0.0, 10.0]), values)


@dataclass(frozen=True, kw_only=True)
class Phase:
    """One phase. numbers: by the names of `layout.PhaseLayout`; tables: `TABLES` by name, a Table or a constant; programme:
    rows (n, 4) of time
    since the phase began [s], pitch, yaw [rad], throttle; aero: normal force and its place; slosh:
    the pendulums' packed table."""

    name: str
    numbers: Mapping[str, float] = field(default_factory=dict)
    tables: Mapping[str, Any] = field(default_factory=dict)
    programme: np.ndarray | None = None
    aero: AeroGrid | None = None
    slosh: np.ndarray | None = None


@dataclass(frozen=True)
class Case:
    """A flight ready for the compiled loop: see `layout` for what stands where.

    bank (n,), phases (K, PHASE_SIZE), state (STATE_SIZE,): at lift-off, nominal; parameters (PARAMETER_SIZE,): nominal.
    """

    names: tuple[str, ...]
    bank: np.ndarray
    phases: np.ndarray
    state: np.ndarray
    parameters: np.ndarray

    def with_head(self, **numbers: float) -> "Case":
        """The same with other choices (`layout.HeadLayout`)."""
        bank = self.bank.copy()
        for name, value in numbers.items():
            bank[getattr(H, name)] = float(value)
        return Case(self.names, bank, self.phases, self.state, self.parameters)

    def with_phases(self, only: Sequence[int] | None = None, **numbers: float) -> "Case":
        """The same with other numbers in all phases, or in some."""
        phases = self.phases.copy()
        for name, value in numbers.items():
            phases[slice(None) if only is None else list(only), getattr(PH, name)] = float(value)
        return Case(self.names, self.bank, phases, self.state, self.parameters)

    def with_parameters(self, **numbers: float) -> "Case":
        """The same with other nominal parameters (`layout.ParameterLayout`)."""
        parameters = self.parameters.copy()
        for name, value in numbers.items():
            parameters[getattr(P, name)] = float(value)
        return Case(self.names, self.bank, self.phases, self.state, parameters)


def nominal_parameters() -> np.ndarray:
    """(PARAMETER_SIZE,): factors 1, deviations 0, failures never."""
    values = np.zeros(PARAMETER_SIZE)
    for name in FACTORS:
        values[getattr(P, name)] = 1.0
    values[P.gust_length] = 1.0
    values[P.gnss_lost_time] = NEVER
    for i in range(STAGES):
        at = P.stages + i * STAGE_SIZE
        for name in STAGE_FACTORS:
            values[at + getattr(ST, name)] = 1.0
        values[at + ST.engine_out_time] = values[at + ST.stuck_time] = NEVER
    return values


def parameter_index(name: str) -> int:
    """Position of a parameter: a name of `ParameterLayout`, `wind_east[12]`, or `stage0.thrust_factor`. KeyError names near
    ones."""
    head, _, tail = name.partition(".")
    if tail:
        if head.startswith("stage") and head[5:].isdigit() and int(head[5:]) < STAGES and tail in ST._fields:
            return P.stages + int(head[5:]) * STAGE_SIZE + getattr(ST, tail)
    else:
        head, _, node = name.partition("[")
        if head in P._fields and head != "stages":
            return getattr(P, head) + (int(node[:-1]) if node else 0)
    from difflib import get_close_matches

    known = [*P._fields[:-1], *(f"stage{i}.{n}" for i in range(STAGES) for n in ST._fields)]
    near = get_close_matches(name, known, 3)
    raise KeyError(f"no parameter '{name}'; near: {', '.join(near) or ', '.join(known[:6])}")


def constant(value: float) -> Table:
    """A table that is one number everywhere."""
    return table(np.linspace(0.0, 1.0, 4), np.full(4, float(value)))


def assemble(
    phases: Sequence[Phase],
    *,
    position: np.ndarray,
    velocity: np.ndarray,
    quaternion: np.ndarray,
    mass: float,
    frame: LaunchFrame,
    earth: Earth = WGS84,
    atmosphere: Atmosphere | None = None,
    wind: Wind | None = None,
    rates: np.ndarray | None = None,
    head: Mapping[str, float] | None = None,
) -> Case:
    """Pack a flight. position, velocity (3,): inertial [m, m/s] at lift-off; quaternion (4,): body to inertial; frame: in
    which the programme
    counts; head: choices for the whole flight by the names of `layout.HeadLayout`."""
    atmosphere, wind = atmosphere or standard_atmosphere(), wind or calm()
    bank: list[np.ndarray] = [np.zeros(HEAD_SIZE)]
    kept: dict[bytes, int] = {}
    size = HEAD_SIZE

    def put(numbers: np.ndarray) -> int:
        nonlocal size
        key = numbers.tobytes()
        if key not in kept:
            kept[key] = size
            bank.append(np.asarray(numbers, float))
            size += len(numbers)
        return kept[key]

    first = bank[0]
    for name, value in zip(("mu", "radius", "flattening", "rotation", "j2"), earth, strict=True):
        first[getattr(H, name)] = value
    for name in LaunchFrame._fields:
        first[getattr(H, name)] = getattr(frame, name)
    first[H.l0 : H.l3 + 1] = quaternion_of_axes(launch_axes(frame))
    first[H.density], first[H.pressure] = (
        put(pack_table(atmosphere.log_density)),
        put(pack_table(atmosphere.log_pressure)),
    )
    first[H.sound] = put(pack_table(atmosphere.speed_of_sound))
    first[H.wind_east], first[H.wind_north] = put(pack_table(wind.east)), put(pack_table(wind.north))
    first[H.calm] = float(not np.any(wind.east.coefficients) and not np.any(wind.north.coefficients))
    first[H.control_every] = first[H.log_every] = 1.0
    first[H.guidance_every] = 100.0
    first[H.perfect] = 1.0
    first[H.ground], first[H.longest], first[H.lost_angle] = -NEVER, NEVER, NEVER
    for name, value in (head or {}).items():
        first[getattr(H, name)] = float(value)

    rows: list[np.ndarray] = []
    packed = np.zeros((len(phases), PHASE_SIZE))
    for k, phase in enumerate(phases):
        for name, value in {**_DEFAULTS, **phase.numbers}.items():
            packed[k, getattr(PH, name)] = float(value)
        for name in TABLES:
            value = phase.tables.get(name)
            if value is None and name in _ABSENT:
                packed[k, getattr(PH, name)] = -1.0
                continue
            smooth = value if isinstance(value, Table) else constant(0.0 if value is None else value)
            packed[k, getattr(PH, name)] = put(pack_table(smooth))
        packed[k, PH.slosh] = -1.0 if phase.slosh is None else put(phase.slosh)
        packed[k, PH.masses] = put(pack_masses(phase.tables))
        packed[k, PH.normal] = put((phase.aero or no_lift()).packed())
        packed[k, PH.steer_begin] = sum(len(r) for r in rows)
        if phase.programme is not None:
            given = np.asarray(phase.programme, float)
            rows.append(np.column_stack([given, np.zeros((len(given), STEER - given.shape[1]))]))
        packed[k, PH.steer_end] = sum(len(r) for r in rows)
    first[H.steering] = put(np.concatenate(rows).ravel()) if rows else 0.0
    state = np.zeros(STATE_SIZE)
    state[0:3], state[3:6], state[6:10], state[Y.mass] = position, velocity, quaternion, mass
    if rates is not None:
        state[10:13] = rates
    return Case(tuple(p.name for p in phases), np.concatenate(bank), packed, state, nominal_parameters())


MASSES = ("center_of_mass", "roll_inertia", "pitch_inertia", "yaw_inertia")
_MASS_PIECES = 48


def pack_masses(tables: Mapping[str, Any]) -> np.ndarray:
    """Mass properties against mass, packed: lowest mass, pieces in a kilogram, pieces, then for each the cubics of the four
    `MASSES`.

    The pieces are of one length, so that they are found at once; each has the table's own values and slopes at its ends.
    """
    given = {name: tables.get(name, 0.0) for name in MASSES}
    smooth = {name: value if isinstance(value, Table) else None for name, value in given.items()}
    spans = [(t.low, t.high) for t in smooth.values() if t is not None]
    low, high = (min(a for a, _ in spans), max(b for _, b in spans)) if spans else (0.0, 1.0)
    knots = np.linspace(low, high, _MASS_PIECES + 1)
    width = knots[1] - knots[0]
    rows = np.zeros((_MASS_PIECES, 4, 4))
    for j, name in enumerate(MASSES):
        found = smooth[name]
        if found is None:
            rows[:, j, 0] = float(given[name])
            continue
        from scipy.interpolate import BSpline

        spline = BSpline(found.knots, found.coefficients, 3)
        value, slope = spline(knots), spline.derivative()(knots)
        step = np.diff(value) / width
        rows[:, j, 0], rows[:, j, 1] = value[:-1], slope[:-1]
        rows[:, j, 2] = (3.0 * step - 2.0 * slope[:-1] - slope[1:]) / width
        rows[:, j, 3] = (slope[:-1] + slope[1:] - 2.0 * step) / width**2
    return np.concatenate([[low, 1.0 / width, float(_MASS_PIECES)], rows.ravel()])


def launch_axes(frame: LaunchFrame) -> np.ndarray:
    """Columns: launch frame's x downrange, y cross, z down in inertial axes, (3, 3)."""
    return np.array([[frame.dx, frame.cx, -frame.ux], [frame.dy, frame.cy, -frame.uy], [frame.dz, frame.cz, -frame.uz]])


def quaternion_of_axes(axes: np.ndarray) -> np.ndarray:
    """Unit quaternion (4,), scalar first, of a rotation matrix (Shepperd, J. Guidance and Control 1 (1978), 223)."""
    m = np.asarray(axes, float)
    trace = np.trace(m)
    diagonal = np.array([trace, m[0, 0], m[1, 1], m[2, 2]])
    i = int(np.argmax(diagonal))
    q = np.empty(4)
    off = np.array([m[2, 1] - m[1, 2], m[0, 2] - m[2, 0], m[1, 0] - m[0, 1]])
    q[i] = 1.0 + 2.0 * diagonal[i] - trace if i else 1.0 + trace
    if i == 0:
        q[1:] = off
    else:
        j, k = i % 3 + 1, (i + 1) % 3 + 1
        q[0] = off[i - 1]
        q[j], q[k] = m[j - 1, i - 1] + m[i - 1, j - 1], m[k - 1, i - 1] + m[i - 1, k - 1]
    return q / np.linalg.norm(q)
