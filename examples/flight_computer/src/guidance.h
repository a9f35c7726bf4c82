/* Guidance: the planned ascent from a table, powered explicit guidance for the last burn. */
#ifndef GUIDANCE_H
#define GUIDANCE_H

#include <stdbool.h>

#include "mission_types.h"
#include "navigation.h"

typedef struct {
    double pitch, yaw, pitch_rate, yaw_rate, throttle; /* asked for, in the launch frame */
    double cut_off;                                    /* time since T-0; huge while not known */
    bool active;                                       /* explicit guidance has begun */
    double vgo[3], rbias[3], rgrav[3], rd[3], tgo, lambda[3], rate[3], mean, solved_at, seen[3];
} guidance_t;

void guidance_begin_phase(guidance_t *g);
void guidance_table(guidance_t *g, const mission_phase_t *phase, double phase_time);

/* due: whether the period has passed; acceleration [m/s^2] of the thrust, as sensed. */
void guidance_explicit(guidance_t *g, const mission_phase_t *phase, const navigation_t *nav, double time, double acceleration,
    bool due);

#endif
