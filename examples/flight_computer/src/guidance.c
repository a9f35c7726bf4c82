#include "guidance.h"

#include <string.h>

#include "earth.h"
#include "mission.h"
#include "vector.h"

#define HOLD 3.0 /* s before cut-off: directions go on by their rates, nothing is solved any more */
#define NEVER 1e30

enum { FIRST_PASSES = 12, PASSES = 2 };

void guidance_begin_phase(guidance_t *g)
{
    g->active = false;
    g->cut_off = NEVER;
}

void guidance_table(guidance_t *g, const mission_phase_t *phase, double phase_time)
{
    const mission_steer_t *rows = mission_steering + phase->steer_begin;
    const int last = phase->steer_end - phase->steer_begin - 1;
    int k = 0;
    if (last < 1) {
        return;
    }
    while (k < last - 1 && rows[k + 1].time <= phase_time) {
        k++;
    }
    const double span = rows[k + 1].time - rows[k].time;
    const double s = span > 0.0 ? clamp((phase_time - rows[k].time) / span, 0.0, 1.0) : 0.0;
    const bool moves = span > 0.0 && phase_time <= rows[last].time;
    g->pitch = rows[k].pitch + s * (rows[k + 1].pitch - rows[k].pitch);
    g->yaw = rows[k].yaw + s * (rows[k + 1].yaw - rows[k].yaw);
    g->throttle = clamp(rows[k].throttle + s * (rows[k + 1].throttle - rows[k].throttle), phase->throttle_min, 1.0);
    g->pitch_rate = moves ? (rows[k + 1].pitch - rows[k].pitch) / span : 0.0;
    g->yaw_rate = moves ? (rows[k + 1].yaw - rows[k].yaw) / span : 0.0;
}

/* A first guess: the end a little farther on in the plane, and the velocity to go without gravity. */
static void guess(guidance_t *g, const mission_phase_t *phase, const navigation_t *nav)
{
    const double normal[3] = { phase->target_nx, phase->target_ny, phase->target_nz };
    double ahead[3], end[3], level[3], up[3];
    unit(nav->r, up);
    cross(normal, nav->r, ahead), unit(ahead, ahead);
    scale(cos(0.3), up, end), add(end, sin(0.3), ahead, end);
    add(end, -dot(end, normal), normal, end), unit(end, end);
    cross(normal, end, level);
    scale(phase->target_radius, end, g->rd);
    scale(phase->target_speed, level, g->vgo), add(g->vgo, -1.0, nav->v, g->vgo);
    memset(g->rbias, 0, sizeof g->rbias);
    scale(-0.5 * 9.0 * 1e4, up, g->rgrav);
    g->tgo = 0.0;
}

/* One pass: McHenry et al., J. Astronautical Sciences 27 (1979), 1-38; gravity integrated with J2. */
static double solve(guidance_t *g, const mission_phase_t *phase, const navigation_t *nav, double acceleration)
{
    const double normal[3] = { phase->target_nx, phase->target_ny, phase->target_nz };
    const double plane[3] = { -normal[0], -normal[1], -normal[2] };
    const double exhaust = phase->exhaust, tau = exhaust / acceleration;
    const double length = sqrt(dot(g->vgo, g->vgo)), size = length > 1e-6 ? length : 1e-6;
    const double raw = tau * (1.0 - exp(-size / exhaust)), tgo = raw > 1e-3 ? raw : 1e-3;
    /* thrust integrals */
    const double el = size, j = el * tau - exhaust * tgo, s = el * tgo - j;
    const double q = s * tau - 0.5 * exhaust * tgo * tgo, p = q * tau - exhaust * tgo * tgo * tgo / 6.0, hh = j * tgo - q;
    const double ratio = g->tgo > 0.0 ? tgo / g->tgo : 1.0;
    double lambda[3], rgrav[3], rgo[3], iz[3], rate[3], first[3], aside[3], vthrust[3], rthrust[3], vbias[3], rbias[3];
    double r1[3], v1[3], vgrav[3], end[3], ix[3], wanted[3], found[3], change[3];
    scale(1.0 / size, g->vgo, lambda);
    scale(ratio * ratio, g->rgrav, rgrav);
    add(g->rd, -1.0, nav->r, rgo), add(rgo, -tgo, nav->v, rgo), add(rgo, -1.0, rgrav, rgo);
    cross(g->rd, plane, iz), unit(iz, iz);
    add(rgo, -dot(iz, rgo), iz, rgo);
    const double across = dot(lambda, iz);
    if (fabs(across) > 1e-3) {
        add(rgo, (s - dot(lambda, rgo)) / across, iz, rgo);
    }
    add(rgo, 1.0, g->rbias, rgo);
    add(rgo, -s, lambda, rate), scale(1.0 / (q - s * j / el), rate, rate);
    const double turn = sqrt(dot(rate, rate)) * tgo;
    if (turn > 1.0) { /* a rate that would turn the thrust by more than a radian is no solution yet */
        scale(1.0 / turn, rate, rate);
    }
    add(lambda, -j / el, rate, first), unit(first, first);
    const double phi = acos(clamp(dot(first, lambda), -1.0, 1.0)), phi_rate = -phi * el / j;
    unit(rate, aside);
    scale(el - 0.5 * el * phi * phi - j * phi * phi_rate - 0.5 * hh * phi_rate * phi_rate, lambda, vthrust);
    add(vthrust, -(el * phi + j * phi_rate), aside, vthrust);
    scale(s - 0.5 * s * phi * phi - q * phi * phi_rate - 0.5 * p * phi_rate * phi_rate, lambda, rthrust);
    add(rthrust, -(s * phi + q * phi_rate), aside, rthrust);
    add(g->vgo, -1.0, vthrust, vbias);
    add(rgo, -1.0, rthrust, rbias);
    /* gravity along the way, from a free fall that stands for it */
    add(nav->r, -0.1, rthrust, r1), add(r1, -tgo / 30.0, vthrust, r1);
    add(nav->v, 1.2 / tgo, rthrust, v1), add(v1, -0.1, vthrust, v1);
    earth_fall(r1, v1, tgo, vgrav, rgrav);
    /* where the burn will end, in the plane, and the velocity wanted there */
    add(nav->r, tgo, nav->v, end), add(end, 1.0, rgrav, end), add(end, 1.0, rthrust, end);
    add(end, -dot(end, normal), normal, end);
    unit(end, ix);
    cross(ix, plane, iz);
    scale(phase->target_speed * sin(phase->target_path), ix, wanted);
    add(wanted, phase->target_speed * cos(phase->target_path), iz, wanted);
    add(wanted, -1.0, nav->v, found), add(found, -1.0, vgrav, found), add(found, 1.0, vbias, found);
    add(found, -1.0, g->vgo, change);
    scale(phase->target_radius, ix, g->rd);
    memcpy(g->vgo, found, sizeof found);
    memcpy(g->rbias, rbias, sizeof rbias);
    memcpy(g->rgrav, rgrav, sizeof rgrav);
    memcpy(g->lambda, lambda, sizeof lambda);
    memcpy(g->rate, rate, sizeof rate);
    g->tgo = tgo, g->mean = j / el;
    return sqrt(dot(change, change)) / size;
}

void guidance_explicit(guidance_t *g, const mission_phase_t *phase, const navigation_t *nav, double time, double acceleration,
    bool due)
{
    const bool first = !g->active;
    if (first || (due && g->tgo - (time - g->solved_at) > HOLD)) {
        if (first) {
            guess(g, phase, nav);
            g->active = true;
        } else { /* what has been gained since: nearer to a solution than the old velocity to go */
            double gained[3], fell[3], moved[3];
            add(nav->v, -1.0, g->seen, gained);
            earth_fall(nav->r, nav->v, time - g->solved_at, fell, moved);
            add(g->vgo, -1.0, gained, g->vgo), add(g->vgo, 1.0, fell, g->vgo);
        }
        for (int k = 0; k < (first ? FIRST_PASSES : PASSES); k++) {
            if (solve(g, phase, nav, acceleration) < 1e-7) {
                break;
            }
        }
        g->solved_at = time;
        memcpy(g->seen, nav->v, sizeof g->seen);
        g->cut_off = time + g->tgo - phase->tail;
    }
    double u[3], place[3], speed[3];
    add(g->lambda, time - g->solved_at - g->mean, g->rate, u);
    for (int i = 0; i < 3; i++) { /* downrange, up, cross */
        place[i] = dot(u, mission_launch_axes[i]);
        speed[i] = dot(g->rate, mission_launch_axes[i]);
    }
    const double level2 = place[0] * place[0] + place[1] * place[1], level = sqrt(level2);
    g->pitch = atan2(place[1], place[0]);
    g->yaw = atan2(place[2], level);
    g->pitch_rate = (place[0] * speed[1] - place[1] * speed[0]) / level2;
    g->yaw_rate = (level * speed[2] - place[2] * (place[0] * speed[0] + place[1] * speed[1]) / level)
        / (level2 + place[2] * place[2]);
    g->throttle = 1.0;
}
