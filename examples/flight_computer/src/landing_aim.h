/* How far across a landing burn can carry the body, and which place in reach is nearest to the pad (recovery/descent_aim.py). */
#ifndef LANDING_AIM_H
#define LANDING_AIM_H

#include "reach.h"

typedef struct {
    double end[2]; /* where the even burn against the motion comes down, from the pad */
    double off;    /* of it, from the pad */
    double reach;  /* how far from there another place may lie */
} across_t;

/* Of a burn from a state over the pad at a mean throttle until a speed. */
across_t aim_across(const knowledge_t *know, const double position[3], const double velocity[3], double throttle, double until);

/* The place nearest to the pad within aim_share of the reach. */
void aim_nearest(const across_t *a, double place[2]);

/* Of a place in the pad's axes: beside the pad the round Earth lies below the pad's level. */
double aim_height_over_ground(const double position[3]);

#endif
