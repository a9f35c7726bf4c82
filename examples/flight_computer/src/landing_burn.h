/* The landing burn: a convex plan, renewed, to a gate over the pad, and from there straight down (recovery/descent_burn.py). */
#ifndef LANDING_BURN_H
#define LANDING_BURN_H

#include <stdbool.h>

#include "osea_landing.h"
#include "reach.h"

/* Where guidance finds the body: over the ground in the pad's axes; columns of body are the body's axes. */
typedef struct {
    double time, position[3], velocity[3], body[3][3], rates[3];
    double sensed; /* acceleration along the body that the accelerometers read [m/s^2] */
} sensed_t;

typedef struct {
    double axis[3], turning[3], throttle; /* of the body in the pad's axes, its rate [1/s], of rated */
    bool ends;                            /* the phase is to end */
} steered_t;

typedef struct {
    int nodes;
    double time[OSEA_LANDING_MOST_INTERVALS + 4];
    osea_landing_command_t node[OSEA_LANDING_MOST_INTERVALS + 4];
    double begins; /* time since T-0 */
    double mean;   /* thrust [N] */
    double place[2]; /* where it ends, from the pad */
} plan_t;

typedef struct {
    osea_landing_t lander;
    plan_t plan, pending;
    bool has_plan, has_pending;
    bool asked; /* for a plan from the state below */
    double asked_begins, asked_above[3], asked_velocity[3];
    knowledge_t asked_know;
    double renewed, throttle, lean[2], turn[2];
    bool terminal, aside;             /* aside: the nearest place in reach is aimed at, not the pad */
    int vain;                         /* renewals in a row without a plan to the pad or the aim */
    double aim[2], shortfall, held;   /* place from the pad; propellant that the pad would take beyond what there is; when
                                         the solver's own plan begins */
    unsigned outcomes[6]; /* how often the solver answered what */
} landing_burn_t;

void landing_burn_init(landing_burn_t *b);

/* From the axis that the body has. */
void landing_burn_begin(landing_burn_t *b, const double axis[3]);

/* since [s]: the burn began; elapsed [s]: the last call. */
void landing_burn_steer(landing_burn_t *b, const sensed_t *s, double since, double elapsed, const knowledge_t *know,
    steered_t *out);

/* Make the plan that was asked for, if one was: the long calculation, to be run when the sample is answered. It is flown from
 * the next steering on. */
void landing_burn_plan(landing_burn_t *b);

#endif
