#include "landing_burn.h"

#include <string.h>

#include "landing_aim.h"
#include "mission.h"
#include "vector.h"

#define G0 (D->gravity)
#define LONG_AGO (-1e9)
#define BANDS ((int)(sizeof D->bands / sizeof D->bands[0]))

static const mission_descent_t *const D = &mission_descent;

static double size2(const double a[2]) { return sqrt(a[0] * a[0] + a[1] * a[1]); }

static double most(double a, double b) { return a > b ? a : b; }

static double least(double a, double b) { return a < b ? a : b; }

/* a no longer than a length */
static void bound2(double a[2], double length)
{
    const double s = least(1.0, length / most(size2(a), 1e-9));
    a[0] *= s, a[1] *= s;
}

static double full(void) { return D->thrust * D->landing_engines; }

void landing_burn_init(landing_burn_t *b)
{
    memset(b, 0, sizeof *b);
    b->renewed = b->held = LONG_AGO;
    b->throttle = D->ignition_throttle;
    (void)osea_landing_init(&b->lander, &D->lander);
}

void landing_burn_begin(landing_burn_t *b, const double axis[3])
{
    for (int i = 0; i < 2; i++) {
        b->lean[i] = axis[i];
        b->turn[i] = 0.0;
    }
}

/* ---- the plan ---- */

static void keep(landing_burn_t *b, double begins, const double place[2])
{
    plan_t *p = &b->pending;
    double thrust = 0.0;
    p->nodes = osea_landing_nodes(&b->lander);
    p->begins = begins;
    p->place[0] = place[0], p->place[1] = place[1];
    for (int k = 0; k < p->nodes; k++) {
        (void)osea_landing_node(&b->lander, k, &p->time[k], &p->node[k]);
        const double *a = p->node[k].acceleration, *before = k > 0 ? p->node[k - 1].acceleration : a;
        if (k > 0) {
            thrust += 0.5 * (p->time[k] - p->time[k - 1])
                * (sqrt(dot(a, a)) * p->node[k].mass + sqrt(dot(before, before)) * p->node[k - 1].mass);
        }
    }
    p->mean = p->nodes > 1 ? thrust / p->time[p->nodes - 1] : 0.0;
    b->has_pending = p->nodes > 1;
}

/* What plans of one renewal begin with, beside the state that was asked for. */
typedef struct {
    double even, tilt; /* throttle from there, and the lean of the first band */
    bool committed;    /* too late for another aim, and for wider leans than can be ended */
} limits_t;

static int last_band(const limits_t *limits, int wide) { return limits->committed ? 1 : wide; }

static double left_at(const landing_burn_t *b, double time)
{
    return b->plan.time[b->plan.nodes - 1] - (time - b->plan.begins);
}

/* The solver's answer for a place from the pad, within the n-th band of throttle about the even one and of lean; beyond the
 * last: all there is. */
static osea_landing_outcome_t solved(landing_burn_t *b, const limits_t *limits, int n, const double place[2], bool anew,
    osea_landing_report_t *report)
{
    const knowledge_t *know = &b->asked_know;
    const double band = n < BANDS ? D->bands[n] : 1.0;
    const double tilt = n < BANDS ? least(limits->tilt + n * D->wider_tilt, D->tilt) : D->tilt;
    (void)osea_landing_limit_tilt(&b->lander, tilt);
    const double low = least(most(limits->even - band, D->throttle + D->throttle_reserve), 1.0 - 2.0 * D->least_band);
    const double high = most(least(limits->even + band, 1.0), low + D->least_band), thrust = full() * know->strength;
    (void)osea_landing_limit_thrust(&b->lander, 0, low * thrust, high * thrust);
    const double above[3] = { b->asked_above[0] - place[0], b->asked_above[1] - place[1], b->asked_above[2] };
    (void)osea_landing_set_state(&b->lander, above, b->asked_velocity, know->mass);
    const osea_landing_outcome_t found = anew || !b->has_plan ? osea_landing_solve(&b->lander)
                                                              : osea_landing_update(&b->lander, b->asked_begins - b->held);
    (void)osea_landing_report(&b->lander, report);
    if (found <= OSEA_LANDING_LEAVES_GLIDE_SLOPE) { /* it is what the solver goes on from */
        b->held = b->asked_begins;
    }
    b->outcomes[found]++;
    return found;
}

/* Whether there is a plan to a place from the pad; it is flown from the next steering on. */
static bool tries(landing_burn_t *b, const limits_t *limits, int n, const double place[2], bool anew)
{
    osea_landing_report_t report;
    const osea_landing_outcome_t found = solved(b, limits, n, place, anew, &report);
    const bool near
        = !limits->committed && (found == OSEA_LANDING_MISSES || found == OSEA_LANDING_LEAVES_GLIDE_SLOPE);
    if (found == OSEA_LANDING_LANDS || (near && report.miss < D->plan_miss * D->position_limit)) {
        keep(b, b->asked_begins, place);
        return true;
    }
    return false;
}

static const double pad[2] = { 0.0, 0.0 };

/* Whether there is a plan to the pad; from beside it with the widest limits alone, and with the reserve of an aim. */
static bool to_pad(landing_burn_t *b, const limits_t *limits, const across_t *found)
{
    const bool near = found->off <= (b->aside ? D->aim_share : D->beyond) * found->reach;
    if ((limits->committed && b->aside) || !(limits->committed || near)) {
        return false;
    }
    for (int n = b->aside ? BANDS - 1 : 0; n < last_band(limits, BANDS); n++) {
        if (tries(b, limits, n, pad, b->aside)) {
            b->aside = false;
            b->vain = 0;
            b->shortfall = 0.0;
            return true;
        }
    }
    return false;
}

/* Whether there is a plan to the aim, within narrow limits or wider ones. */
static bool to_aim(landing_burn_t *b, const limits_t *limits, const double aim[2], bool anew)
{
    for (int n = 0; n < last_band(limits, BANDS + 1); n++) {
        if (tries(b, limits, n, aim, anew)) {
            return true;
        }
    }
    return false;
}

/* Aim at the place nearest to the pad that is in reach, and plan to there. */
static void beside(landing_burn_t *b, const limits_t *limits, const across_t *found)
{
    double aim[2];
    if (!b->aside) {
        osea_landing_report_t report;
        (void)solved(b, limits, BANDS, pad, true, &report);
        b->shortfall = report.shortfall;
    }
    aim_nearest(found, aim);
    if (to_aim(b, limits, aim, true)) {
        b->aim[0] = aim[0], b->aim[1] = aim[1];
        b->aside = true;
        b->vain = 0;
    }
}

void landing_burn_plan(landing_burn_t *b)
{
    if (!b->asked) {
        return;
    }
    b->asked = false;
    const knowledge_t *know = &b->asked_know;
    const double *above = b->asked_above, *v = b->asked_velocity;
    double through[3], wind[2];
    reach_through_air(know, most(above[2], 0.0), v, through);
    const double axial = reach_axial(most(above[2], 0.0), D->air_ahead * sqrt(dot(through, through)));
    (void)osea_landing_set_drag_area(&b->lander, axial * D->area * know->thickness);
    const double over[3] = { above[0], above[1], above[2] + D->gate_height + reach_standing_height(know->mass) };
    const bool committed = b->has_plan && left_at(b, b->asked_begins) < D->committed;
    const double path = atan2(sqrt(v[0] * v[0] + v[1] * v[1]), -v[2]);
    const limits_t limits = { .even = reach_even_throttle(know, over, v, over[2] - above[2], D->gate_sink),
        .tilt = committed ? D->least_tilt : most(path + D->path_tilt, D->least_tilt), .committed = committed };
    reach_wind(know, 0.5 * over[2], wind);
    (void)osea_landing_set_wind(&b->lander, wind[0], wind[1]);
    const across_t found = aim_across(know, over, v, limits.even, D->gate_sink);
    if (to_pad(b, &limits, &found)) {
        return;
    }
    b->vain++;
    if (b->aside && to_aim(b, &limits, b->aim, false)) {
        b->vain = 0;
    } else if (b->vain >= D->patience && !limits.committed && found.off > D->aim_share * found.reach) {
        beside(b, &limits, &found);
    }
}

static double drag(double height, double speed, const knowledge_t *know)
{
    const double force = reach_dynamic_pressure(height, speed) * D->area * reach_axial(height, speed);
    return force * know->thickness / know->mass;
}

/* Take over the plan made since the last call, ask for another when it is due, and see whether the gate is near. */
static void renew(landing_burn_t *b, double time, const double above[3], const double velocity[3], const double push[3],
    const knowledge_t *know)
{
    if (b->has_pending) {
        b->plan = b->pending;
        b->has_plan = true;
        b->has_pending = false;
    }
    const bool near = b->has_plan && left_at(b, time) < D->last_renewal;
    const bool low = above[2] < 0.0 || -velocity[2] < D->gate_sink; /* past the gate without a plan */
    if (near || low) {
        b->terminal = true;
    } else if (time - b->renewed >= D->plan_period - 1e-9) {
        b->renewed = time;
        double through[3];
        reach_through_air(know, most(above[2], 0.0), velocity, through);
        const double speed = sqrt(dot(through, through)), hold = drag(most(above[2], 0.0), speed, know) / speed;
        for (int i = 0; i < 3; i++) {
            const double pull = push[i] - through[i] * hold - (i == 2 ? G0 : 0.0);
            b->asked_velocity[i] = velocity[i] + D->lead * pull;
            b->asked_above[i] = above[i] + 0.5 * D->lead * (velocity[i] + b->asked_velocity[i]);
        }
        b->asked_begins = time + D->lead;
        b->asked_know = *know;
        b->asked = true;
    }
}

/* Upward push of the even deceleration to a sink rate a height below [m/s^2]. */
static double evenly(double height, double climb, double last)
{
    return G0 + most((-climb * fabs(climb) - last * last) / (2.0 * height), -0.5 * G0);
}

/* The plan between two nodes at a time since it begins. */
static void read_plan(const plan_t *p, double now, double place[3], double velocity[3], double acceleration[3])
{
    int k = 1;
    while (k < p->nodes - 1 && p->time[k] < now) {
        k++;
    }
    const double span = most(p->time[k] - p->time[k - 1], 1e-9), s = clamp((now - p->time[k - 1]) / span, 0.0, 1.0);
    const osea_landing_command_t *a = &p->node[k - 1], *c = &p->node[k];
    for (int i = 0; i < 3; i++) {
        place[i] = (1.0 - s) * a->position[i] + s * c->position[i];
        velocity[i] = (1.0 - s) * a->velocity[i] + s * c->velocity[i];
        acceleration[i] = (1.0 - s) * a->acceleration[i] + s * c->acceleration[i];
    }
}

/* Acceleration of thrust that the plan asks for; without one, that of an even deceleration. */
static void planned(const landing_burn_t *b, double time, const double above[3], const double velocity[3],
    const knowledge_t *know, double out[3])
{
    if (!b->has_plan) {
        const double up = evenly(most(above[2] + D->gate_height, 1.0), velocity[2], D->touchdown_speed);
        const double per = up / least(velocity[2], -5.0);
        out[0] = per * velocity[0], out[1] = per * velocity[1], out[2] = up;
        return;
    }
    double at[3], of[3], spare[3], now = time - b->plan.begins;
    read_plan(&b->plan, now + D->lead, spare, spare, out);
    read_plan(&b->plan, now, at, of, spare);
    /* its mean thrust, in its direction: where it brakes unevenly what is left above is reserve */
    scale(b->plan.mean / (know->mass * sqrt(dot(out, out))), out, out);
    if (now >= 0.0) {
        for (int i = 0; i < 3; i++) {
            const double place = i < 2 ? b->plan.place[i] : 0.0;
            out[i] += D->place_gain * (at[i] + place - above[i]) + D->speed_gain * (of[i] - velocity[i]);
        }
    }
}

/* ---- attitude ---- */

/* Let the reference turn with an acceleration [rad/s^2], and ask for it. */
static void turn(landing_burn_t *b, const double turning[2], double elapsed, steered_t *out)
{
    double a[2] = { turning[0], turning[1] }, asked[2];
    bound2(a, D->most_turning);
    for (int i = 0; i < 2; i++) {
        b->turn[i] += elapsed * a[i];
    }
    bound2(b->turn, D->most_turn);
    for (int i = 0; i < 2; i++) {
        b->lean[i] += elapsed * b->turn[i];
        /* the acceleration too is asked for, as the error of attitude that gives it */
        asked[i] = b->lean[i] + a[i] / (D->attitude_bandwidth * D->attitude_bandwidth);
        out->axis[i] = asked[i];
        out->turning[i] = b->turn[i];
    }
    const double up2 = 1.0 - asked[0] * asked[0] - asked[1] * asked[1];
    out->axis[2] = sqrt(up2 > 1e-6 ? up2 : 1e-6);
    out->turning[2] = -(asked[0] * b->turn[0] + asked[1] * b->turn[1]) / out->axis[2];
}

/* The axis after the reference that turns towards a lean no faster than the gimbals can. */
static void lean_to(landing_burn_t *b, const double wanted[2], double elapsed, steered_t *out)
{
    double lean[2] = { wanted[0], wanted[1] }, turning[2];
    bound2(lean, sin(D->tilt));
    for (int i = 0; i < 2; i++) {
        turning[i] = D->turn_frequency * D->turn_frequency * (lean[i] - b->lean[i])
            - 2.0 * D->turn_damping * D->turn_frequency * b->turn[i];
    }
    turn(b, turning, elapsed, out);
}

/* The smaller root of free a - grows a^2 = wanted, no further than most_share of the way to where the left side is largest. */
static double leaned(double freely, double growing, double wanted)
{
    const double grows = most(growing, 1e-6), root = most(freely * freely - 4.0 * grows * wanted, 0.0);
    return least((freely - sqrt(root)) / (2.0 * grows), D->most_share * 0.5 * freely / grows);
}

/* The lean with which thrust and lift together push across as the thrust alone would with the one wanted. */
static void against_lift(const double wanted[2], const double back[3], double height, double speed, const knowledge_t *know,
    double push, double out[2])
{
    const double off[2] = { wanted[0] - back[0], wanted[1] - back[1] }, far = size2(off);
    out[0] = wanted[0], out[1] = wanted[1];
    if (speed < D->least_speed) {
        return;
    }
    double slope, growth;
    reach_lift(height, speed, know->mass, &slope, &growth);
    const double force = reach_dynamic_pressure(height, speed) * D->area * know->thickness / (push * know->mass);
    const double freely = 1.0 - force * slope;
    out[0] = back[0], out[1] = back[1];
    if (freely < D->least_free || far < 1e-6) {
        return;
    }
    /* T a - q A (slope + growth a) a = T wanted, and no further than where lift begins to take all that is added */
    double angle = leaned(freely, force * growth, far);
    const gimballed_t beyond = reach_gimballed_lift(know->mass);
    if (angle > beyond.angle) { /* what the fins do not trim */
        const double free_beyond = 1.0 - force * (beyond.slope - reach_axial(height, speed)), grows = force * beyond.growth;
        if (free_beyond - 2.0 * grows * beyond.angle > D->least_free) {
            angle = most(leaned(free_beyond, grows, far + force * beyond.at_none), beyond.angle);
        } else {
            angle = beyond.angle;
        }
    }
    const double share = least(angle, sin(D->tilt)) / far;
    out[0] += off[0] * share, out[1] += off[1] * share;
}

/* ---- from the gate to the ground ---- */

/* Upward push: evenly down to the last metres, and from there as gently as the engine can. */
static double straight_down(double height, double climb, const knowledge_t *know)
{
    const double push = D->throttle * full() * know->strength - reach_back_pressure(0.0) * D->landing_engines;
    const double gentle = most(D->last_margin * (push / know->mass - G0), D->least_slowing), last = D->touchdown_speed;
    if (height > D->last_height) {
        return evenly(height - D->last_height + 0.5, climb, sqrt(last * last + 2.0 * gentle * (D->last_height - 0.5)));
    }
    return evenly(most(height, 0.2), climb, last);
}

/* The lean that brings the speed across to that which leads to the plans' place, together with itself. */
static void across(landing_burn_t *b, double height, const double position[3], const double velocity[3], double up,
    double elapsed, steered_t *out)
{
    double left = 2.0 * most(height, 0.0) / most(-velocity[2], 1.0), turning[2];
    double home[2] = { (b->plan.place[0] - position[0]) / D->homing_time, (b->plan.place[1] - position[1]) / D->homing_time };
    const double share = least(1.0, D->homing_speed / most(size2(home), 1e-9)) * least(2.0 * left / D->homing_time, 1.0);
    /* jerk of the cubic of time that takes speed and acceleration to nought in what is left */
    left = most(left, D->least_left);
    for (int i = 0; i < 2; i++) {
        const double rate = 6.0 * (home[i] * share - velocity[i]) / (up * left * left) - 4.0 * b->lean[i] / left;
        turning[i] = (rate - b->turn[i]) / D->rate_lag;
    }
    turn(b, turning, elapsed, out);
}

void landing_burn_steer(landing_burn_t *b, const sensed_t *s, double since, double elapsed, const knowledge_t *know,
    steered_t *out)
{
    double back[3], position[3], velocity[3], above[3], push[3], through[3], up;
    reach_through_air(know, s->position[2], s->velocity, through);
    const double speed = sqrt(dot(through, through));
    scale(-1.0 / most(speed, 1e-6), through, back);
    out->ends = false;
    if (since < D->start_ramp) {
        const double upright[2] = { 0.0, 0.0 };
        b->throttle = out->throttle = D->ignition_throttle;
        lean_to(b, speed > D->least_speed ? back : upright, elapsed, out);
        return;
    }
    const double axis[3] = { s->body[0][0], s->body[1][0], s->body[2][0] };
    const double height = aim_height_over_ground(s->position) - reach_standing_height(know->mass)
        - D->leg_radius * size2(axis); /* of the lowest foot */
    /* Gimbals that turn the body push its foot the other way: steered is the point on the axis that this leaves alone. */
    const double ahead = reach_percussion(know->mass);
    for (int i = 0; i < 3; i++) {
        const double spin = s->body[i][1] * s->rates[2] - s->body[i][2] * s->rates[1];
        position[i] = s->position[i] + (i < 2 ? ahead * axis[i] : 0.0);
        velocity[i] = s->velocity[i] + (i < 2 ? ahead * spin : 0.0);
    }
    above[0] = position[0], above[1] = position[1], above[2] = height - D->gate_height;
    const double back_pressure = reach_back_pressure(position[2]) * D->landing_engines;
    const double thrust = full() * know->strength;
    if (!b->terminal) {
        scale((b->throttle * thrust - back_pressure) / know->mass, axis, push);
        renew(b, s->time, above, velocity, push, know);
    }
    if (b->terminal) {
        up = straight_down(height, velocity[2], know);
        across(b, height, position, velocity, up, elapsed, out);
        up -= drag(position[2], speed, know) * back[2];
    } else {
        double wanted[3], lean[2];
        planned(b, s->time, above, velocity, know, wanted);
        const double size = sqrt(dot(wanted, wanted)), direction[2] = { wanted[0] / size, wanted[1] / size };
        against_lift(direction, back, position[2], speed, know, size, lean);
        lean_to(b, lean, elapsed, out);
        up = wanted[2];
    }
    const double force = up * know->mass / most(axis[2], D->least_upright);
    b->throttle = out->throttle = clamp((force + back_pressure) / thrust, D->throttle, 1.0);
    out->ends = height < D->end_height || (velocity[2] > D->end_climb && height < D->end_below);
}
