/* Types of the mission data that `osea hil load` writes (mission.h). SI units, radians. */
#ifndef MISSION_TYPES_H
#define MISSION_TYPES_H

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

#endif
