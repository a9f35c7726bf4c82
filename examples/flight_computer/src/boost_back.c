#include "boost_back.h"

#include <string.h>

#include "mission.h"
#include "vector.h"

#define TURN_RATE 0.0872664625997165  /* 5 deg/s and 1.5 deg/s^2: what one engine's gimbals turn easily */
#define TURN_GAIN 0.0261799387799149
#define COAST_RATE 0.0349065850398866 /* 2 deg/s and 0.3 deg/s^2: of the jets */
#define COAST_GAIN 0.0052359877559830
#define POINTS 0.17453292519943295    /* 10 deg between body and burn: it may begin */
#define SLOW 120.0 /* m/s still missing, from which on the engines run at their least */
#define KEPT 60.0  /* m/s still missing, from which on the direction stays */

static const mission_descent_t *const D = &mission_descent;

void boost_back_begin(boost_back_t *b) { memset(b, 0, sizeof *b); }

void boost_back_predict(boost_back_t *b, const sensed_t *s, const knowledge_t *know)
{
    const reached_t end = reach_fall(know, s->position, s->velocity, D->entry_height, -1.0, 0.0);
    memcpy(b->entry_position, end.position, sizeof b->entry_position);
    memcpy(b->entry_velocity, end.velocity, sizeof b->entry_velocity);
    b->predicted = end.time;
}

void boost_back_miss(boost_back_t *b, const double miss[2], double to_go)
{
    const double missing[3] = { -miss[0] / to_go, -miss[1] / to_go, 0.0 };
    if (!b->kept) {
        unit(missing, b->wanted);
    }
    b->left = dot(missing, b->wanted);
    b->kept = b->kept || b->left < KEPT;
}

/* Turn the reference towards an axis, at a rate that is taken up and given up evenly; the angle between them afterwards. */
static double turn_to(boost_back_t *b, const sensed_t *s, const double target[3], double most, double gain, double elapsed,
    steered_t *out)
{
    if (dot(b->axis, b->axis) < 0.5) {
        for (int i = 0; i < 3; i++) {
            b->axis[i] = s->body[i][0];
        }
    }
    double across[3];
    const double cosine = clamp(dot(b->axis, target), -1.0, 1.0), angle = acos(cosine);
    const double up = clamp(b->rate + gain * elapsed, 0.0, most), stops = sqrt(2.0 * gain * angle);
    const double rate = up < stops ? up : stops, step = rate * elapsed;
    b->rate = rate;
    memset(out->turning, 0, sizeof out->turning);
    if (angle <= step || angle < 1e-4) {
        memcpy(b->axis, target, sizeof b->axis);
    } else {
        add(target, -cosine, b->axis, across);
        if (dot(across, across) < 1e-12) { /* straight behind: over the top */
            const double zenith[3] = { 0.0, 0.0, 1.0 };
            add(zenith, -b->axis[2], b->axis, across);
        }
        unit(across, across);
        scale(cos(step), b->axis, b->axis), add(b->axis, sin(step), across, b->axis), unit(b->axis, b->axis);
        scale(rate, across, out->turning);
    }
    memcpy(out->axis, b->axis, sizeof out->axis);
    return angle > step ? angle - step : 0.0;
}

static double apart(const sensed_t *s, const double axis[3])
{
    return acos(clamp(s->body[0][0] * axis[0] + s->body[1][0] * axis[1] + s->body[2][0] * axis[2], -1.0, 1.0));
}

void boost_back_turn(boost_back_t *b, const sensed_t *s, double elapsed, steered_t *out)
{
    const double left = turn_to(b, s, b->wanted, TURN_RATE, TURN_GAIN, elapsed, out);
    out->throttle = D->throttle;
    out->ends = left < POINTS && apart(s, b->wanted) < POINTS;
}

void boost_back_burn(boost_back_t *b, const knowledge_t *know, double since, steered_t *out)
{
    const double push = D->entry_engines * D->thrust * know->strength / know->mass;
    memcpy(out->axis, b->wanted, sizeof out->axis);
    memcpy(b->axis, b->wanted, sizeof b->axis);
    b->rate = 0.0;
    out->throttle = b->left < SLOW ? D->throttle : 1.0;
    /* what the engines still push while they stop comes on top */
    out->ends = since > D->start_ramp && b->left <= 0.5 * D->shutdown_ramp * push * out->throttle;
}

void boost_back_coast(boost_back_t *b, const sensed_t *s, double elapsed, steered_t *out)
{
    double target[3];
    scale(-1.0, b->entry_velocity, target), unit(target, target);
    (void)turn_to(b, s, target, COAST_RATE, COAST_GAIN, elapsed, out);
}
