/* Guidance of a booster's return: turn, boost-back, coast, entry burn, fall steered by grid fins, landing burn (recovery/descent_guidance.py). */
#ifndef DESCENT_H
#define DESCENT_H

#include "boost_back.h"
#include "landing_burn.h"

/* Phases of the mission data, in this order. */
typedef enum {
    DESCENT_TURN,
    DESCENT_BOOST_BACK,
    DESCENT_COAST,
    DESCENT_ENTRY,
    DESCENT_FALL,
    DESCENT_LANDING,
    DESCENT_STANDING
} descent_phase_t;

typedef struct {
    knowledge_t know;
    landing_burn_t burn;
    double miss[2], to_go, asked; /* of the predicted end; when it was predicted */
    double ignition_height, cut_speed;
    int phase;
    boost_back_t back;
    double begun, last, throttle, before[3]; /* before: velocity at the last call */
} descent_t;

void descent_begin(descent_t *d);

/* What to fly until asked again. */
void descent_steer(descent_t *d, descent_phase_t phase, const sensed_t *s, steered_t *out);

#endif
