"""Corridors and keep-out areas as smooth functions of an impact point: what an optimizer takes as path constraints.

Directions are unit vectors from the Earth's centre, edges are great circles, distances are along the mean sphere (6371.0 km):
off the ellipsoid's by up to 0.3 %. A polygon must be convex here; for another, `convex_hull_edges` keeps clear of its hull.
"""

from typing import NamedTuple

import numpy as np

from ...core.earth import MEAN_RADIUS, ecef_from_geodetic
from ...core.errors import InputError
from ...core.numeric import equation
from .impact_point import vacuum_impact_point


class Edges(NamedTuple):
    """A convex polygon on the sphere: normals (n, 3), each the outward pole of an edge's great circle; sharpness [1/m].

    The smooth distance is below the largest of the distances to the edges' great circles, by ln(n)/sharpness at most.
    """

    normals: np.ndarray
    sharpness: float


@equation
def signed_distance(edges, x, y, z):
    """Smooth distance [m] of a direction from a convex polygon: positive outside, negative inside, never too large.

    Logarithm of the sum of exponentials over the edges, less ln n: at most the largest distance to an edge's great circle, which
    is at most the distance to the polygon. `>= clearance` keeps clear of the polygon. Scale of (x, y, z) does not matter.
    """
    r = np.sqrt(x * x + y * y + z * z)
    n = len(edges.normals)
    largest = -1e9
    for i in range(n):
        d = MEAN_RADIUS * np.arcsin((edges.normals[i, 0] * x + edges.normals[i, 1] * y + edges.normals[i, 2] * z) / r)
        largest = np.fmax(largest, d)
    total = 0.0
    for i in range(n):
        d = MEAN_RADIUS * np.arcsin((edges.normals[i, 0] * x + edges.normals[i, 1] * y + edges.normals[i, 2] * z) / r)
        total = total + np.exp(edges.sharpness * (d - largest))
    return largest + (np.log(total) - np.log(n)) / edges.sharpness


@equation
def depth_inside(edges, x, y, z):
    """Smooth distance [m] of a direction to the nearest edge from inside a convex polygon, never too large; negative outside.

    `>= margin` keeps inside the polygon.
    """
    return -(signed_distance(edges, x, y, z) + np.log(len(edges.normals)) / edges.sharpness)


@equation
def impact_distance_from(edges, earth, time, x, y, z, vx, vy, vz):
    """`signed_distance` [m] of the vacuum impact point of an inertial state at a time since T-0 from a polygon."""
    point = vacuum_impact_point(earth, time, x, y, z, vx, vy, vz)
    return signed_distance(edges, point.x, point.y, point.z)


@equation
def impact_depth_inside(edges, earth, time, x, y, z, vx, vy, vz):
    """`depth_inside` [m] of the vacuum impact point of an inertial state at a time since T-0 in a corridor."""
    point = vacuum_impact_point(earth, time, x, y, z, vx, vy, vz)
    return depth_inside(edges, point.x, point.y, point.z)


@equation
def impact_cross_range(pole, earth, time, x, y, z, vx, vy, vz):
    """Distance [m] of the vacuum impact point to the right of a flight azimuth's great circle; pole (3,): `azimuth_pole`."""
    point = vacuum_impact_point(earth, time, x, y, z, vx, vy, vz)
    r = np.sqrt(point.x * point.x + point.y * point.y + point.z * point.z)
    return MEAN_RADIUS * np.arcsin((pole[0] * point.x + pole[1] * point.y + pole[2] * point.z) / r)


def azimuth_pole(latitude: float, longitude: float, azimuth: float) -> np.ndarray:
    """Unit vector (3,), Earth-fixed: pole to the right of the great circle that leaves a site [rad] at an azimuth [rad]."""
    so, co = np.sin(longitude), np.cos(longitude)
    up = direction_of(latitude, longitude)
    east = np.array([-so, co, 0.0])
    north = np.cross(up, east)
    return np.cross(np.sin(azimuth) * east + np.cos(azimuth) * north, up)


def direction_of(latitude, longitude) -> np.ndarray:
    """Unit vectors (…, 3) from the Earth's centre to points of the ellipsoid [rad]."""
    p = np.stack(ecef_from_geodetic(np.asarray(latitude, float), np.asarray(longitude, float), 0.0), axis=-1)
    return p / np.linalg.norm(p, axis=-1, keepdims=True)


def convex_edges(latitude, longitude, sharpness: float = 1e-3) -> Edges:
    """`Edges` of a convex polygon [rad], either way round, first point not repeated. Raises InputError when it is not convex.

    sharpness [1/m]: the default rounds by ln(n) km at most.
    """
    points = direction_of(latitude, longitude)
    middle = points.mean(axis=0)
    if len(points) < 3 or np.linalg.norm(middle) < 0.1 or np.min(points @ middle) <= 0.0:
        raise InputError("a polygon has three corners or more, and lies within one hemisphere")
    normals = np.cross(points, np.roll(points, -1, axis=0))
    size = np.linalg.norm(normals, axis=1, keepdims=True)
    if np.any(size < 1e-9):
        raise InputError("two corners of a polygon that follow each other are the same point")
    normals = normals / size
    if np.sum(normals @ middle) > 0:
        normals = -normals
    if np.max(points @ normals.T) > 1e-7:
        raise InputError("the polygon is not convex: split it into convex ones, or use its hull (convex_hull_edges)")
    return Edges(np.ascontiguousarray(normals), sharpness)


def convex_hull_edges(latitude, longitude, sharpness: float = 1e-3) -> Edges:
    """`Edges` of the convex hull of a polygon [rad] within a hemisphere: who keeps clear of it keeps clear of the polygon."""
    from scipy.spatial import ConvexHull

    points = direction_of(latitude, longitude)
    middle = points.mean(axis=0)
    middle = middle / np.linalg.norm(middle)
    one = np.cross(middle, [0.0, 0.0, 1.0] if abs(middle[2]) < 0.9 else [1.0, 0.0, 0.0])
    one = one / np.linalg.norm(one)
    plane = np.stack([points @ one, points @ np.cross(middle, one)], axis=1) / (points @ middle)[:, None]  # gnomonic
    keep = ConvexHull(plane).vertices
    return convex_edges(np.asarray(latitude, float)[keep], np.asarray(longitude, float)[keep], sharpness)
