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
} control_t;

void control_begin_stage(control_t *c);

/* rates: of the body [rad/s], biases taken off; engine: 0 to 1; dt: since the last run [s]. */
void control_step(control_t *c, const mission_phase_t *phase, const guidance_t *g, const double q[4], const double rates[3],
    double phase_time, double engine, double dt);

#endif
