/* From separation to the entry burn: the body turned about by one engine's gimbals, a burn back towards the pad, a coast in which the
 * tail is turned forward. */
#ifndef BOOST_BACK_H
#define BOOST_BACK_H

#include "landing_burn.h"

typedef struct {
    double axis[3];                /* the reference that turns, in the pad's axes; of length 0: it is yet to begin */
    double rate;                   /* at which it turns [rad/s] */
    double entry_velocity[3];      /* predicted, where the entry burn begins */
    double entry_position[3];
    double wanted[3], left;        /* direction [1] and size [m/s] of the velocity that is missing, across the pad's level */
    bool kept;                     /* the direction stays */
    double predicted;              /* time until there [s] */
} boost_back_t;

void boost_back_begin(boost_back_t *b);

/* Where the unpowered way leads: state at the entry burn's height. */
void boost_back_predict(boost_back_t *b, const sensed_t *s, const knowledge_t *know);

/* The velocity that is missing, from the miss [m] of the whole descent and the time to its end [s]. */
void boost_back_miss(boost_back_t *b, const double miss[2], double to_go);

void boost_back_turn(boost_back_t *b, const sensed_t *s, double elapsed, steered_t *out);
void boost_back_burn(boost_back_t *b, const knowledge_t *know, double since, steered_t *out);
void boost_back_coast(boost_back_t *b, const sensed_t *s, double elapsed, steered_t *out);

#endif
