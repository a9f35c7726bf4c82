#include "descent.h"

#include <string.h>

#include "mission.h"
#include "vector.h"

#define LONG_AGO (-1e9)
#define NO_BURN (-1.0)

static const mission_descent_t *const D = &mission_descent;

void descent_begin(descent_t *d)
{
    memset(d, 0, sizeof *d);
    landing_burn_init(&d->burn);
    d->know = (knowledge_t){ .mass = D->mass, .strength = 1.0, .thickness = 1.0 };
    d->to_go = 100.0;
    d->asked = LONG_AGO;
    d->ignition_height = D->first_ignition;
    d->cut_speed = D->entry_speed;
    d->phase = -1;
    boost_back_begin(&d->back);
    d->throttle = 1.0;
}

/* ---- pieces ---- */

static void burned(descent_t *d, double since, double elapsed, int engines)
{
    const double level = clamp(since / D->start_ramp, 0.0, 1.0);
    d->know.mass -= elapsed * level * d->throttle * D->thrust * engines / D->exhaust;
}

/* Along the body, of the nominal air [N]. */
static double air_force(const double position[3], double speed)
{
    return reach_dynamic_pressure(position[2], speed) * D->area * reach_axial(position[2], speed);
}

/* The miss of an unsteered descent with its landing burn at the mean throttle, and the time to it. The burn's begin is
 * corrected from one prediction to the next until it ends at the gate. */
static void predict(descent_t *d, const double position[3], const double velocity[3], double burns_to, double delay)
{
    const reached_t first = reach_fall(&d->know, position, velocity, d->ignition_height, burns_to, delay);
    const reached_t end = reach_landing_burn(&d->know, first.position, first.velocity, first.mass, D->ignition_throttle,
        D->gate_sink, 0.5 * D->start_ramp);
    d->miss[0] = end.position[0], d->miss[1] = end.position[1];
    d->to_go = first.time + end.time;
    const double height = d->ignition_height + reach_standing_height(end.mass) + D->gate_height - end.position[2];
    d->ignition_height = clamp(height, D->least_ignition, D->highest_ignition);
}

/* Whether a burn at the mean throttle, begun now, would end at the gate. */
static bool ignites(const descent_t *d, const double position[3], const double velocity[3])
{
    if (position[2] > D->highest_ignition) {
        return false;
    }
    const reached_t end = reach_landing_burn(&d->know, position, velocity, d->know.mass, D->ignition_throttle, D->gate_sink,
        0.5 * D->start_ramp);
    return end.position[2] <= reach_standing_height(end.mass) + D->gate_height;
}

/* a less what of it lies along a direction */
static void level_to(const double direction[3], double a[3]) { add(a, -dot(a, direction), direction, a); }

/* ---- phases ---- */

static void entry(descent_t *d, const sensed_t *s, double since, double elapsed, double speed, const double back[3],
    steered_t *out)
{
    burned(d, since, elapsed, D->entry_engines);
    if (since > D->start_ramp + D->started_after) {
        const double force = D->entry_engines * (D->thrust - reach_back_pressure(s->position[2]))
            + air_force(s->position, speed) * d->know.thickness;
        reach_learn(&d->know.strength, force / d->know.mass, s->sensed, elapsed);
    }
    if (s->time - d->asked >= D->predict_every) {
        /* what the engines still push while they stop comes on top */
        const double push = D->entry_engines * D->thrust * d->know.strength / d->know.mass;
        const double delay = 0.5 * D->start_ramp - since;
        d->cut_speed = D->entry_speed + 0.5 * D->shutdown_ramp * push;
        predict(d, s->position, s->velocity, D->entry_speed, delay > 0.0 ? delay : 0.0);
        d->asked = s->time;
    }
    const double left = speed - D->entry_speed > D->least_entry_speed ? speed - D->entry_speed : D->least_entry_speed;
    const double per = -1.0 / (D->entry_share * d->to_go * left);
    double lean[3] = { per * d->miss[0], per * d->miss[1], 0.0 };
    level_to(back, lean);
    const double size = sqrt(dot(lean, lean)), bound = tan(D->most_lean);
    if (size > bound) {
        scale(bound / size, lean, lean);
    }
    add(back, 1.0, lean, out->axis), unit(out->axis, out->axis);
    out->ends = speed <= d->cut_speed;
}

static void fall(descent_t *d, const sensed_t *s, double since, double elapsed, steered_t *out)
{
    double back[3], through[3];
    const double speed = sqrt(dot(s->velocity, s->velocity));
    const double pressure = reach_dynamic_pressure(s->position[2], speed);
    if (since > D->stopped_after * D->shutdown_ramp && pressure > D->least_pressure) {
        reach_learn(&d->know.thickness, air_force(s->position, speed) / d->know.mass, s->sensed, elapsed);
        const double axis[3] = { s->body[0][0], s->body[1][0], s->body[2][0] };
        reach_learn_wind(&d->know, s->position, s->velocity, d->before, axis, elapsed);
    }
    reach_through_air(&d->know, s->position[2], s->velocity, through);
    const double airspeed = sqrt(dot(through, through));
    scale(-1.0 / (airspeed > 1e-6 ? airspeed : 1e-6), through, back);
    if (s->time - d->asked >= D->predict_every) {
        predict(d, s->position, s->velocity, NO_BURN, 0.0);
        d->asked = s->time;
    }
    const double per = -1.0 / ((d->to_go > D->least_to_go ? d->to_go : D->least_to_go) * D->closing_time);
    double across[3] = { per * d->miss[0], per * d->miss[1], 0.0 }, slope, growth;
    level_to(back, across);
    const double size = sqrt(dot(across, across)), force = pressure * D->area * d->know.thickness;
    reach_lift(s->position[2], speed, d->know.mass, &slope, &growth);
    const double wanted = d->know.mass * size / (force > 1.0 ? force : 1.0);
    double alpha = (sqrt(slope * slope + 4.0 * growth * wanted) - slope) / (2.0 * growth);
    const double most = D->most_alpha * clamp(pressure / D->full_alpha_pressure, 0.0, 1.0);
    alpha = alpha > D->least_alpha ? alpha : D->least_alpha;
    alpha = alpha < most ? alpha : most;
    if (sqrt(d->miss[0] * d->miss[0] + d->miss[1] * d->miss[1]) < D->miss_left || pressure < D->least_pressure) {
        alpha = 0.0;
    }
    /* leaning against the way that the lift is wanted */
    add(back, -alpha / (size > 1e-9 ? size : 1e-9), across, out->axis), unit(out->axis, out->axis);
    out->ends = ignites(d, s->position, s->velocity);
}

/* Before the entry burn: where the way leads as it is, and what is missing of it. */
static void look_ahead(descent_t *d, const sensed_t *s, double every)
{
    if (s->time - d->asked >= every) {
        boost_back_predict(&d->back, s, &d->know);
        predict(d, d->back.entry_position, d->back.entry_velocity, D->entry_speed, 0.5 * D->start_ramp);
        boost_back_miss(&d->back, d->miss, d->to_go + d->back.predicted);
        d->asked = s->time;
    }
}

/* Whether the height of the entry burn is reached. */
static bool enters(const sensed_t *s)
{
    double from[3];
    add(s->position, -1.0, D->center, from);
    return s->velocity[2] < 0.0 && sqrt(dot(from, from)) - sqrt(dot(D->center, D->center)) <= D->entry_height;
}

void descent_steer(descent_t *d, descent_phase_t phase, const sensed_t *s, steered_t *out)
{
    const double elapsed = s->time - d->last, speed = sqrt(dot(s->velocity, s->velocity));
    double back[3];
    d->last = s->time;
    if ((int)phase != d->phase) {
        d->phase = (int)phase;
        d->begun = s->time;
        d->asked = LONG_AGO;
        if (phase == DESCENT_LANDING) {
            landing_burn_begin(&d->burn, (const double[3]){ s->body[0][0], s->body[1][0], s->body[2][0] });
        }
    }
    *out = (steered_t){ { 0.0, 0.0, 1.0 }, { 0.0, 0.0, 0.0 }, 1.0, false };
    scale(-1.0 / (speed > 1e-6 ? speed : 1e-6), s->velocity, back);
    const double since = s->time - d->begun;
    if (phase == DESCENT_TURN) {
        burned(d, since, elapsed, D->landing_engines);
        look_ahead(d, s, D->predict_every);
        boost_back_turn(&d->back, s, elapsed, out);
    } else if (phase == DESCENT_BOOST_BACK) {
        burned(d, since, elapsed, D->entry_engines);
        look_ahead(d, s, 0.0);
        boost_back_burn(&d->back, &d->know, since, out);
    } else if (phase == DESCENT_COAST) { /* engines first, until there is air enough to be slowed for */
        look_ahead(d, s, D->predict_every);
        boost_back_coast(&d->back, s, elapsed, out);
        out->throttle = D->throttle; /* while the engines stop, too: a cut at their least was counted on */
        out->ends = enters(s);
    } else if (phase == DESCENT_ENTRY) {
        entry(d, s, since, elapsed, speed, back, out);
    } else if (phase == DESCENT_FALL) {
        fall(d, s, since, elapsed, out);
    } else if (phase == DESCENT_LANDING) {
        burned(d, since, elapsed, D->landing_engines);
        landing_burn_steer(&d->burn, s, since, elapsed, &d->know, out);
    }
    d->throttle = out->throttle;
    memcpy(d->before, s->velocity, sizeof d->before);
}
