"""Expected casualties of falling bodies over a grid of people: Ec = sum over cells of P(impact in the cell) · A_c · N / A.

14 CFR part 420, appendix C and RCC Standard 321 use this product: probability of impact, effective casualty area of the body
and density of people. People count as unsheltered. A_c is given for each body; `casualty_area_inert` is the usual first estimate.
"""

import csv
import io
from dataclasses import dataclass
from typing import Literal

import numpy as np

from ...core.earth import MEAN_RADIUS
from ...core.errors import InputError
from .corridor import direction_of
from .footprint import Footprint
from .geodesy import distance_and_azimuth

CASUALTY_LIMIT = 1e-4
"""Expected casualties of the public, all hazards of one launch: 14 CFR 450.101(a)(1)(i) and 420 appendix C (a)(2)."""
PERSON_WIDTH = 0.6
"""[m]: square root of the 0.36 m^2 that a person takes up, seen from above: NASA-STD-8719.14, sec. 4.7 (recalled)."""
_FARTHEST = 8.0  # sigma; beyond it a cell holds less than 1e-14

Values = Literal["persons per cell", "persons per km2"]


@dataclass(frozen=True)
class PopulationGrid:
    """Cells of equal angular size: south-west corners latitude, longitude [rad] (n,), size [rad], people in each (n,)."""

    latitude: np.ndarray
    longitude: np.ndarray
    size: float
    people: np.ndarray

    def areas(self) -> np.ndarray:
        """Area [m^2] of each cell on the mean sphere (0.7 % from the ellipsoid's at most)."""
        return MEAN_RADIUS**2 * self.size * (np.sin(self.latitude + self.size) - np.sin(self.latitude))


def casualty_area_inert(projected_area: float) -> float:
    """Casualty area [m^2] of an inert body of a projected area [m^2] that falls steeply: (0.6 m + sqrt(A))².

    NASA-STD-8719.14, sec. 4.7 (recalled). No skidding, splatter or explosion.
    """
    return (PERSON_WIDTH + np.sqrt(projected_area)) ** 2


def read_population(raw: bytes, name: str, values: Values) -> PopulationGrid:
    """A grid from an ESRI ASCII raster (first word `ncols`) or CSV.

    Columns of the CSV: `latitude_deg,longitude_deg,size_deg,people`, of cell centres.
    Raises InputError with the line at fault.
    """
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise InputError(f"'{name}' is not text") from None
    first = text.lstrip()[:5].lower()
    grid = _esri(text, name) if first == "ncols" else _csv(text, name)
    if not np.all(np.isfinite(grid.people)) or np.any(grid.people < 0):
        raise InputError(f"'{name}': people are finite numbers and not negative")
    if values == "persons per km2":
        grid = PopulationGrid(grid.latitude, grid.longitude, grid.size, grid.people * grid.areas() * 1e-6)
    return grid


def _esri(text: str, name: str) -> PopulationGrid:
    head: dict[str, float] = {}
    lines = text.split("\n")
    at = 0
    try:
        while at < len(lines) and lines[at].strip()[:1].isalpha():
            key, value = lines[at].split()
            head[key.lower()] = float(value)
            at += 1
        rows, columns, size = int(head["nrows"]), int(head["ncols"]), head["cellsize"]
        centred = "xllcenter" in head
        west = head["xllcenter" if centred else "xllcorner"] - (size / 2 if centred else 0.0)
        south = head["yllcenter" if centred else "yllcorner"] - (size / 2 if centred else 0.0)
        values = np.array(" ".join(lines[at:]).split(), float)
    except (KeyError, ValueError) as error:
        raise InputError(f"'{name}' line {at + 1}: not an ESRI ASCII raster ({error})") from None
    if rows < 1 or columns < 1 or len(values) != rows * columns:
        raise InputError(f"'{name}': {len(values)} values for {rows} rows of {columns}")
    if not 0 < size <= 10 or south < -90.001 or south + rows * size > 90.001:
        raise InputError(
            f"'{name}': cells of {size:g} degrees from {south:g} N are not on the Earth (a raster in degrees?)"
        )
    values = np.where(values == head.get("nodata_value", -9999.0), 0.0, values)
    latitude = south + size * np.arange(rows - 1, -1, -1)
    longitude = west + size * np.arange(columns)
    lat, lon = np.meshgrid(latitude, longitude, indexing="ij")
    return PopulationGrid(np.radians(lat.ravel()), np.radians(lon.ravel()), float(np.radians(size)), values)


def _csv(text: str, name: str) -> PopulationGrid:
    reader = csv.reader(io.StringIO(text))
    wanted = ["latitude_deg", "longitude_deg", "size_deg", "people"]
    if [c.strip() for c in next(reader, [])] != wanted:
        raise InputError(f"'{name}' line 1: the columns are {','.join(wanted)}")
    rows = []
    for number, row in enumerate(reader, 2):
        if not row:
            continue
        try:
            values = [float(cell) for cell in row]
        except ValueError:
            raise InputError(f"'{name}' line {number}: four numbers are expected") from None
        if len(values) != 4 or not np.all(np.isfinite(values)) or not (abs(values[0]) <= 90 and abs(values[1]) <= 360):
            raise InputError(
                f"'{name}' line {number}: four numbers are expected: degrees north and east, cell size, people"
            )
        rows.append(values)
    if not rows:
        raise InputError(f"'{name}': there are no cells")
    table = np.array(rows)
    size = table[0, 2]
    if not 0 < size <= 10 or np.any(np.abs(table[:, 2] - size) > 1e-9):
        raise InputError(f"'{name}': all cells have one size, 0 to 10 degrees")
    corner = np.radians(table[:, :2] - size / 2)
    return PopulationGrid(corner[:, 0], corner[:, 1], float(np.radians(size)), table[:, 3])


def expected_casualties(footprint: Footprint, grid: PopulationGrid) -> float:
    """Ec of one footprint (all its bodies) over a grid. The footprint must have a casualty area.

    The normal distribution over each cell by Gauss-Legendre points, on parts of a cell no wider than half a sigma.
    """
    if footprint.casualty_area is None:
        raise InputError(f"the body '{footprint.body}' has no casualty area; give it")
    chance = impact_probabilities(footprint, grid)
    return float(footprint.count * footprint.casualty_area * np.sum(chance * grid.people / grid.areas()))


def impact_probabilities(footprint: Footprint, grid: PopulationGrid) -> np.ndarray:
    """Probability (n,) that one body comes down in each cell."""
    values = np.linalg.eigvalsh(footprint.covariance)
    if values[0] <= 0.0:
        raise InputError(f"the footprint of '{footprint.body}' has no width; state its dispersions")
    shortest, longest = np.sqrt(values)
    inverse = np.linalg.inv(footprint.covariance)
    scale = 1.0 / (2.0 * np.pi * np.sqrt(np.linalg.det(footprint.covariance)))
    half = grid.size / 2
    mid_lat, mid_lon = grid.latitude + half, grid.longitude + half
    middle = direction_of(footprint.latitude, footprint.longitude)
    chord = np.linalg.norm(direction_of(mid_lat, mid_lon) - middle, axis=1)
    rough = MEAN_RADIUS * 2.0 * np.arcsin(np.clip(chord / 2.0, 0, 1))
    near = np.flatnonzero((grid.people > 0) & (rough < _FARTHEST * longest + 1.5 * MEAN_RADIUS * grid.size))
    chance = np.zeros(len(grid.people))
    parts = int(np.clip(np.ceil(2.0 * MEAN_RADIUS * grid.size / shortest), 1, 64))
    points, weights = np.polynomial.legendre.leggauss(4)
    offsets = ((np.arange(parts)[:, None] + (points + 1) / 2) / parts).ravel() * grid.size
    weight = np.tile(weights / 2 / parts, parts)
    known: dict[tuple[float, float], tuple[float, float]] = {}  # a corner belongs to four cells

    def place(latitude: float, longitude: float) -> tuple[float, float]:
        """East and north of a corner in the plane of geodesic polar coordinates about the footprint."""
        key = round(latitude, 10), round(longitude, 10)
        if key not in known:
            length, azimuth = distance_and_azimuth(footprint.latitude, footprint.longitude, latitude, longitude)
            known[key] = length * np.sin(azimuth), length * np.cos(azimuth)
        return known[key]

    for i in near:  # the plane is taken as linear over one cell
        plane = np.array(
            [place(grid.latitude[i] + a * grid.size, grid.longitude[i] + b * grid.size) for a in (0, 1) for b in (0, 1)]
        )
        s, t = np.meshgrid(offsets / grid.size, offsets / grid.size, indexing="ij")  # north, east shares
        shape = np.stack([(1 - s) * (1 - t), (1 - s) * t, s * (1 - t), s * t], axis=-1)
        at = shape @ plane
        density = scale * np.exp(-0.5 * np.einsum("abi,ij,abj->ab", at, inverse, at))
        down_n = (1 - t)[..., None] * (plane[2] - plane[0]) + t[..., None] * (plane[3] - plane[1])
        down_e = (1 - s)[..., None] * (plane[1] - plane[0]) + s[..., None] * (plane[3] - plane[2])
        size = np.abs(down_e[..., 0] * down_n[..., 1] - down_e[..., 1] * down_n[..., 0])
        chance[i] = float(np.einsum("ab,a,b->", density * size, weight, weight))
    return chance
