"""Atmosphere, gravity, geoid and impact points against printed values and closed forms."""

from pathlib import Path
from typing import Any

import numpy as np
import yaml

from ..core.earth import MU, ROTATION_RATE, ecef_from_geodetic
from ..trajectory.environment.atmosphere import density, pressure, standard_atmosphere
from ..trajectory.environment.geoid import geoid_height
from ..trajectory.environment.gravity import WGS84, Earth, gravity
from ..trajectory.range_safety.impact_point import vacuum_impact_coordinates
from .comparison import Comparison


def _data() -> dict[str, Any]:
    return yaml.safe_load((Path(__file__).parent / "data" / "environment.yaml").read_text(encoding="utf-8"))


def comparisons() -> list[Comparison]:
    """The atmosphere's tables (what flies, not the exact formulas) and normal gravity at equator and pole."""
    data = _data()
    rows = []
    atmosphere = standard_atmosphere()
    for part in data["atmosphere"]:
        altitudes = np.array([row[0] for row in part["values"]]) * 1e3
        for index, name, function in ((1, "pressure", pressure), (2, "density", density)):
            printed = np.array([row[index] for row in part["values"]])
            found = np.array([function(atmosphere, h) for h in altitudes])
            rows.append(
                Comparison(
                    "Environment",
                    f"US76 {name}, {part['range']}: worst of {len(printed)} altitudes",
                    "%",
                    part["bound_percent"],
                    data["atmosphere_source"],
                    data["atmosphere_grade"],
                    ours=100 * float(np.max(np.abs(found / printed - 1))),
                    kind="at most",
                    digits=2,
                    note="difference from the printed value, which is itself rounded; 'published' is the bound",
                )
            )
    for row in data["normal_gravity"]:
        x, y, z = ecef_from_geodetic(np.radians(row["latitude_deg"]), 0.0, 0.0)
        g = np.array(gravity(WGS84, float(x), float(y), float(z)))
        felt = float(np.linalg.norm(g + ROTATION_RATE**2 * np.array([x, y, 0.0])))
        rows.append(
            Comparison(
                "Environment",
                f"normal gravity at {row['place']}",
                "m/s²",
                row["value_m_s2"],
                data["gravity_source"],
                data["gravity_grade"],
                ours=felt,
                tolerance=2e-4,
                digits=8,
                note="the field stops at J2: J4 and higher are worth 1e-4 m/s²",
            )
        )
    return rows + _geoid(data) + _free_flight(data)


def _geoid(data: dict[str, Any]) -> list[Comparison]:
    """The worst of the geoid's published points."""
    apart = [abs(geoid_height(np.radians(la), np.radians(lo)) - height) for la, lo, height in data["geoid"]]
    return [
        Comparison(
            "Environment",
            f"EGM96 geoid height: worst of {len(apart)} published points",
            "m",
            0.01,
            data["geoid_source"],
            data["geoid_grade"],
            ours=max(apart),
            kind="at most",
            digits=2,
            note="difference from the published height; 'published' is the bound",
        )
    ]


def _free_flight(data: dict[str, Any]) -> list[Comparison]:
    """The vacuum impact point over a round Earth at rest, beside the textbook's range angle."""
    earth, rows = Earth(MU, 6371e3, 0.0, 0.0, 0.0), []
    for q, climb in data["free_flight"]:
        g, speed = np.radians(climb), np.sqrt(q * MU / earth.equatorial_radius)
        half = (1 - q * np.cos(g) ** 2) / np.sqrt(1 + q * (q - 2) * np.cos(g) ** 2)
        state = (earth.equatorial_radius + 1e-6, 0.0, 0.0, float(speed * np.sin(g)), float(speed * np.cos(g)), 0.0)
        _, longitude = vacuum_impact_coordinates(earth, 0.0, *state)
        rows.append(
            Comparison(
                "Environment",
                f"free-flight range angle, Q = {q:g}, climb {climb:g}°",
                "°",
                float(np.degrees(2 * np.arccos(half))),
                data["free_flight_source"],
                data["free_flight_grade"],
                ours=float(np.degrees(longitude)),
                tolerance=1e-6,
                digits=8,
            )
        )
    return rows
