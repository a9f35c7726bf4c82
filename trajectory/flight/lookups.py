"""What a flight reads from its vector of tables: profiles, aerodynamic grids, mass properties, the steering programme."""

from typing import Any

from ...core.compiled import compiled_ieee
from ...core.numeric import FlatTable
from .layout import PH, ST, STAGE_SIZE, STEER, H, M, P


@compiled_ieee
def flat(bank, at) -> Any:
    """The table that begins at a place of the vector of tables."""
    return FlatTable(bank, int(at))


@compiled_ieee
def mass_piece(bank, at, mass):
    """Where the cubics of the four mass properties stand that hold at a mass, and how far into their piece it lies."""
    pieces = int(bank[at + 2])
    s = min(max((mass - bank[at]) * bank[at + 1], 0.0), float(pieces))
    i = min(int(s), pieces - 1)
    return at + 3 + 16 * i, (s - i) / bank[at + 1]


@compiled_ieee
def profile(parameters, begin, nodes, spacing, altitude):
    """A deviation given at equidistant altitudes, C1 between them (Catmull-Rom), its end values beyond."""
    s = min(max(altitude / spacing, 0.0), nodes - 1.000001)
    i = int(s)
    f = s - i
    a = parameters[begin + max(i - 1, 0)]
    b = parameters[begin + i]
    c = parameters[begin + i + 1]
    d = parameters[begin + min(i + 2, nodes - 1)]
    return b + 0.5 * f * (c - a + f * (2.0 * a - 5.0 * b + 4.0 * c - d + f * (3.0 * (b - c) + d - a)))


@compiled_ieee
def grid(bank, at, mach, sine):
    """Aerodynamic coefficients (axial over its value at zero angle, normal per sine, centre of pressure), bilinear in the
    Mach number and
    the sine of half the angle of attack. At `at`: highest Mach number, number of Mach numbers, number of sines, then
    values."""
    rows, columns = int(bank[at + 1]), int(bank[at + 2])
    m = min(mach / bank[at], 0.9999999) * (rows - 1)
    a = min(sine, 0.9999999) * (columns - 1)
    i, j = int(m), int(a)
    m -= i
    a -= j
    k = at + 3 + 3 * (i * columns + j)
    n = k + 3 * columns
    w00, w01, w10, w11 = (1.0 - m) * (1.0 - a), (1.0 - m) * a, m * (1.0 - a), m * a
    return (
        w00 * bank[k] + w01 * bank[k + 3] + w10 * bank[n] + w11 * bank[n + 3],
        w00 * bank[k + 1] + w01 * bank[k + 4] + w10 * bank[n + 1] + w11 * bank[n + 4],
        w00 * bank[k + 2] + w01 * bank[k + 5] + w10 * bank[n + 2] + w11 * bank[n + 5],
    )


@compiled_ieee
def programme(bank, ph, memory, time):
    """Pitch, yaw [rad], throttle, the two rates [rad/s], and the share of the velocity's direction that the steering
    programme asks for at a time [s] since the phase began."""
    begin, end = int(ph[PH.steer_begin]), int(ph[PH.steer_end])
    if end - begin < 2:
        return memory[M.pitch], memory[M.yaw], 1.0, 0.0, 0.0, 0.0
    row = min(max(int(memory[M.row]), begin), end - 2)
    at = int(bank[H.steering])
    while row < end - 2 and time >= bank[at + STEER * (row + 1)]:
        row += 1
    while row > begin and time < bank[at + STEER * row]:
        row -= 1
    memory[M.row] = row
    a, b = at + STEER * row, at + STEER * (row + 1)
    width = max(bank[b] - bank[a], 1e-9)
    s = min(max((time - bank[a]) / width, 0.0), 1.0)
    pitch_rate = (bank[b + 1] - bank[a + 1]) / width
    yaw_rate = (bank[b + 2] - bank[a + 2]) / width
    if time > bank[b] or time < bank[a]:
        pitch_rate = yaw_rate = 0.0
    return (
        bank[a + 1] + s * (bank[b + 1] - bank[a + 1]),
        bank[a + 2] + s * (bank[b + 2] - bank[a + 2]),
        bank[a + 3] + s * (bank[b + 3] - bank[a + 3]),
        pitch_rate,
        yaw_rate,
        bank[a + 4] + s * (bank[b + 4] - bank[a + 4]),
    )


@compiled_ieee
def center_of_mass(bank, ph, parameters, mass):
    """Station of the centre of mass [m] in a phase, for a mass less its offsets [kg]."""
    stage = P.stages + int(ph[PH.stage]) * STAGE_SIZE
    return expected_center(bank, ph, mass) + parameters[stage + ST.mass_offset_x]


@compiled_ieee
def expected_center(bank, ph, mass):
    """As `center_of_mass`, without the offset that the computer does not know."""
    row, s = mass_piece(bank, int(ph[PH.masses]), mass)
    return bank[row] + s * (bank[row + 1] + s * (bank[row + 2] + s * bank[row + 3]))


@compiled_ieee
def inertia_about(bank, ph, axis, mass):
    """Moment of inertia [kg m^2] about body axis 0, 1, 2 in a phase, for a mass less its offsets [kg]."""
    row, s = mass_piece(bank, int(ph[PH.masses]), mass)
    row += 4 * (axis + 1)
    return bank[row] + s * (bank[row + 1] + s * (bank[row + 2] + s * bank[row + 3]))
