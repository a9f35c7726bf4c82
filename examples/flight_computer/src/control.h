/* Attitude control: gimbals by gains from the table, roll by engines against each other, jets by pulses. */
#ifndef CONTROL_H
#define CONTROL_H

#include <stdbool.h>

#include "guidance.h"

typedef struct {
    double integral[2], filtered[2], filtered_rate[2];
    double gimbal[2], roll_torque; /* commanded about body y and z [rad]; [N m] */
    int jet[3];                    /* signs */
    double error;                  /* of the axis [rad] */
    double errors[3], off[3];      /* of attitude and rates about the body's axes [rad], [rad/s] */
    double fin[2];                 /* commanded about body y and z [rad] */
} control_t;

void control_begin_stage(control_t *c);

/* rates: of the body [rad/s], biases taken off; engine: 0 to 1; dt: since the last run [s]. */
void control_step(control_t *c, const mission_phase_t *phase, const guidance_t *g, const double q[4], const double rates[3],
    double phase_time, double engine, double dt);

/* Grid fins at the upper end of a body that falls: what turns it back, over what trims the air's moment at the attitude asked
 * for; none where the air is too thin. velocity: over the ground in the body's axes [m/s]. */
void control_fins(control_t *c, const double velocity[3], double dynamic_pressure, double mass);

#endif
