/* Types of the mission data that `osea hil load` writes (mission.h). SI units, radians. */
#ifndef MISSION_TYPES_H
#define MISSION_TYPES_H

#include "osea_landing.h"

typedef struct {
    double time, pitch, yaw, throttle; /* time since the phase began; attitude of the axis in the launch frame */
} mission_steer_t;

typedef struct {
    double p, d, i; /* of the attitude control */
} mission_gain_t;

typedef enum { GUIDE_TABLE = 0, GUIDE_EXPLICIT = 1, GUIDE_HOLD = 3 } mission_guidance_t;

typedef struct {
    const char *name;
    double duration, planned; /* longest, and as planned */
    int stage, guidance, separates, ignites, stops, ends_empty;
    double gimbal_limit, roll_torque, rcs_roll, rcs_pitch, rcs_yaw, rcs_pulse, throttle_min, exhaust, tail, filter, start_ramp,
        engines;
    double target_radius, target_speed, target_path, target_nx, target_ny, target_nz;
    int steer_begin, steer_end, gain_begin, gain_rows;
    double inertia[2][3]; /* about the body's axes, at the phase's begin and end */
} mission_phase_t;

/* A booster's descent: vehicle, pad, rules and the law's constants, which are those of recovery/descent_*.py, where their
 * reasons stand. Axes of the pad: x along the flight, y to its left, z up, turning with the Earth. */
typedef struct {
    int descends; /* 0: this mission has no descent, and nothing else counts */
    int first;    /* which of a descent's phases (descent.h) is the mission's first */
    double origin[3], axes[3][3]; /* the pad Earth-fixed; its axes x, y, z in Earth-fixed ones */
    double center[3], turn[3];    /* Earth's centre and rate of turning in the pad's axes */
    double gravity, entry_height; /* over the pad's level, where the entry burn begins */
    /* vehicle */
    double mass, dry_mass, area, length, diameter, dry_center, propellant_station, dry_pitch_inertia, gimbal_station;
    double thrust, exhaust, exit_area, throttle, start_ramp, shutdown_ramp; /* of one engine in vacuum */
    double fin_slope, fin_station, fin_limit, fin_frequency, fin_damping, error_limit, planform;
    double leg_station, leg_radius, position_limit, altimeter_sigma;
    int entry_engines, landing_engines;
    /* the standard air at equidistant heights over the pad, axial coefficients at equidistant Mach numbers */
    const double *air_density, *air_pressure, *air_sound, *axial;
    double air_first, air_step, mach_step;
    int air_rows, mach_rows;
    /* rules */
    double entry_speed, ignition_throttle, tilt, throttle_reserve, touchdown_speed, plan_period, gate_height, gate_sink;
    /* learning and prediction */
    double least_pressure, learning_lag, least_factor, most_factor, least_even, fall_step, burn_step, longest;
    double wind_lag, wind_doubt, most_wind, wind_power, least_wind_height;
    int bisections;
    /* entry burn and fall */
    double most_lean, most_alpha, least_alpha, full_alpha_pressure, closing_time, miss_left, entry_share, least_entry_speed;
    double started_after, stopped_after, least_to_go, predict_every, highest_ignition, first_ignition, least_ignition;
    /* landing burn */
    double bands[3], least_band, lead, last_renewal, place_gain, speed_gain, least_left, homing_time, homing_speed, rate_lag;
    double path_tilt, least_tilt, wider_tilt, last_height, last_margin, least_slowing, least_speed, least_upright, air_ahead;
    double end_height, end_climb, end_below, plan_miss, least_free, most_share, turn_frequency, turn_damping, most_turn;
    double most_turning, attitude_bandwidth, aim_share, beyond, committed, mean_radius;
    int patience, steps;
    osea_landing_vehicle_t lander;
} mission_descent_t;

#endif
