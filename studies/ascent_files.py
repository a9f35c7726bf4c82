"""A flown ascent's part of a run folder: results, tables, launch data, the range's files."""

import numpy as np

from ..core.run_folder import RunFolder
from ..trajectory.result import Trajectory
from .flight_data import FlightData
from .joint_loads import AscentLoads
from .steering_table import TABLE_COLUMNS


def write_flight(flight: FlightData, run: RunFolder) -> None:
    """Everything but figures and report."""
    run.write_result("ascent", flight.ascent)
    run.write_result("mass-history", flight.masses)
    run.write_result("joint-loads", flight.loads)
    run.write_result("steering", flight.steering)
    run.write_result("range", flight.range)
    _write_trajectory(flight.ascent.trajectory, run)
    run.write_table("steering", TABLE_COLUMNS, flight.steering.rows())
    _write_loads(flight.loads, run)
    _write_impact_points(flight, run)
    run.write_text("range/flight.geojson", flight.range.geojson())
    run.write_text("range/flight.kml", flight.range.kml(flight.study.name))
    for name, text in flight.launch_data.files:
        run.write_text(f"launch_data/{name}", text)


def _write_trajectory(t: Trajectory, run: RunFolder) -> None:
    columns = {
        "time_s": t.time,
        "phase": [t.phase_names[int(k)] for k in t.phase_index],
        "altitude_m": t.altitude,
        "downrange_m": t.downrange,
        "latitude_deg": np.degrees(t.latitude),
        "longitude_deg": np.degrees(t.longitude),
        "speed_relative_m_s": t.speed_relative,
        "speed_inertial_m_s": t.speed_inertial,
        "flight_path_angle_deg": np.degrees(t.flight_path_angle),
        "pitch_deg": np.degrees(t.pitch),
        "angle_of_attack_deg": np.degrees(t.angle_of_attack),
        "mass_kg": t.mass,
        "throttle": t.throttle,
        "thrust_N": t.thrust,
        "drag_N": t.drag,
        "dynamic_pressure_Pa": t.dynamic_pressure,
        "mach": t.mach,
        "axial_acceleration_m_s2": t.axial_acceleration,
        "heat_flux_W_m2": t.heat_flux,
    }
    rows = zip(*(list(map(float, c)) if not isinstance(c, list) else c for c in columns.values()), strict=True)
    run.write_table("ascent", list(columns), rows)
    run.write_table(
        "events",
        ["event", "time_s", "altitude_m", "downrange_m", "speed_relative_m_s", "speed_inertial_m_s", "mass_kg"],
        [(e.name, e.time, e.altitude, e.downrange, e.speed_relative, e.speed_inertial, e.mass) for e in t.events],
    )


def _write_loads(loads: AscentLoads, run: RunFolder) -> None:
    columns = ["joint", "station_m", "time_s", "axial_N", "shear_N", "bending_N_m", "equivalent_axial_N"]
    rows = [
        (j.name, j.station, *map(float, row))
        for j in loads.joints
        for row in zip(j.time, j.axial, j.shear, j.bending, j.equivalent, strict=True)
    ]
    run.write_table("joint-loads", columns, rows)


def _write_impact_points(flight: FlightData, run: RunFolder) -> None:
    columns = ["ballistic_coefficient_kg_m2", "time_s", "latitude_deg", "longitude_deg", "time_to_impact_s"]
    rows = []
    for trace in (flight.range.vacuum, flight.range.with_drag):
        if trace is not None:
            fall = "" if trace.ballistic_coefficient is None else trace.ballistic_coefficient
            rows += [
                (fall, float(t), float(np.degrees(lat)), float(np.degrees(lon)), float(after))
                for t, lat, lon, after in zip(
                    trace.time, trace.latitude, trace.longitude, trace.time_to_impact, strict=True
                )
            ]
    run.write_table("impact-points", columns, rows)
