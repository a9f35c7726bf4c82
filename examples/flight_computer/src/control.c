#include "control.h"

#include <string.h>

#include "mission.h"
#include "reach.h"
#include "vector.h"

#define ERROR_LIMIT 0.06981317007977318 /* 4 deg: a larger error is turned back at a steady rate */
#define ROLL_FREQUENCY 1.0              /* rad/s */
#define ROLL_DAMPING 0.9
#define JET_DEADBAND 4e-3 /* rad: error plus rate times JET_LEAD that jets leave alone */
#define JET_LEAD 3.0      /* s */
#define JET_RATE 0.017453292519943295

void control_begin_stage(control_t *c) { memset(c, 0, sizeof *c); }

static mission_gain_t gains(const mission_phase_t *phase, double phase_time)
{
    const mission_gain_t *rows = mission_gains + phase->gain_begin;
    const double at = clamp(phase_time / GAIN_PERIOD, 0.0, phase->gain_rows - 1.0);
    const int k = at < phase->gain_rows - 2 ? (int)at : phase->gain_rows - 2;
    const double s = at - k;
    const mission_gain_t a = rows[k], b = rows[k + 1];
    return (mission_gain_t){ a.p + s * (b.p - a.p), a.d + s * (b.d - a.d), a.i + s * (b.i - a.i) };
}

static void gimbals(control_t *c, const mission_phase_t *phase, const double error[3], const double off[3], double phase_time,
    double dt)
{
    const mission_gain_t k = gains(phase, phase_time);
    const double limit = phase->gimbal_limit, f = phase->filter;
    for (int i = 0; i < 2; i++) {
        const double bound = clamp(error[1 + i], -ERROR_LIMIT, ERROR_LIMIT);
        double wanted = k.p * bound + k.d * off[1 + i] + c->integral[i];
        if (fabs(wanted) < limit) { /* the integral stands while the command is bounded */
            c->integral[i] += k.i * bound * dt;
        }
        wanted = clamp(wanted, -limit, limit);
        if (f > 0.0) { /* second-order low-pass, damping 0.7, semi-implicit: keeps bending out of the gimbals */
            double slope = c->filtered_rate[i];
            slope = (slope + dt * f * f * (wanted - c->filtered[i])) / (1.0 + 1.4 * f * dt + f * f * dt * dt);
            c->filtered_rate[i] = slope;
            c->filtered[i] += dt * slope;
            wanted = c->filtered[i];
        }
        c->gimbal[i] = clamp(wanted, -limit, limit);
    }
}

/* A pulse towards the error's end, outside the dead band. The plant's valves give the shortest pulse at least. */
static int jet(double error, double rate)
{
    const double value = clamp(error, -JET_LEAD * JET_RATE, JET_LEAD * JET_RATE) + JET_LEAD * rate;
    return fabs(value) < JET_DEADBAND ? 0 : value > 0.0 ? -1 : 1;
}

void control_step(control_t *c, const mission_phase_t *phase, const guidance_t *g, const double q[4], const double rates[3],
    double phase_time, double engine, double dt)
{
    const double a = cos(0.5 * g->pitch), b = sin(0.5 * g->pitch), e = cos(0.5 * g->yaw), d = sin(0.5 * g->yaw);
    const double turned[4] = { a * e, b * d, b * e, a * d };
    double wanted[4], difference[4], *error = c->errors;
    quaternion_product(mission_launch_attitude, turned, wanted);
    const double back[4] = { wanted[0], -wanted[1], -wanted[2], -wanted[3] };
    quaternion_product(back, q, difference);
    for (int i = 0; i < 3; i++) {
        error[i] = (difference[0] >= 0.0 ? 2.0 : -2.0) * difference[1 + i];
    }
    c->error = sqrt(error[1] * error[1] + error[2] * error[2]);
    const double sine = sin(g->yaw);
    const double *off = c->off;
    c->off[0] = rates[0] - g->pitch_rate * sine;
    c->off[1] = rates[1] - g->pitch_rate * sqrt(1.0 - sine * sine);
    c->off[2] = rates[2] - g->yaw_rate;
    const bool by_gimbal = phase->gimbal_limit > 0.0 && engine > 0.5 && phase->gain_rows > 1;
    if (by_gimbal) {
        gimbals(c, phase, error, off, phase_time, dt);
    } else {
        for (int i = 0; i < 2; i++) {
            c->gimbal[i] = c->filtered[i] = c->filtered_rate[i] = 0.0;
        }
    }
    c->roll_torque = 0.0;
    if (phase->roll_torque > 0.0) {
        const double s = clamp(phase_time / (phase->planned > 0.0 ? phase->planned : 1.0), 0.0, 1.0);
        const double inertia = phase->inertia[0][0] + s * (phase->inertia[1][0] - phase->inertia[0][0]);
        const double torque = -inertia
            * (ROLL_FREQUENCY * ROLL_FREQUENCY * error[0] + 2.0 * ROLL_DAMPING * ROLL_FREQUENCY * off[0]);
        c->roll_torque = clamp(torque, -phase->roll_torque, phase->roll_torque);
    }
    c->jet[0] = phase->roll_torque > 0.0 || phase->rcs_roll <= 0.0 ? 0 : jet(error[0], off[0]);
    c->jet[1] = by_gimbal || phase->rcs_pitch <= 0.0 ? 0 : jet(error[1], off[1]);
    c->jet[2] = by_gimbal || phase->rcs_yaw <= 0.0 ? 0 : jet(error[2], off[2]);
}

void control_fins(control_t *c, const double velocity[3], double dynamic_pressure, double mass)
{
    const mission_descent_t *d = &mission_descent;
    const double speed = sqrt(dot(velocity, velocity)), along = speed > 1.0 ? velocity[0] / speed : 1.0;
    const double sense = along < 0.0 ? -1.0 : 1.0, sine = sqrt(clamp(1.0 - along * along, 0.0, 1.0));
    /* normal force per sine of the angle of attack: slender body and cross-flow, and the fins' own where the tail leads */
    const double shell = 2.0 * fabs(along) + d->planform * sine, fins = along < 0.0 ? d->fin_slope : 0.0;
    const double middle = (0.5 * d->length * shell + d->fin_station * fins) / (shell + fins), center = reach_center(mass);
    const double q_area = dynamic_pressure * d->area, inertia = reach_pitch_inertia(mass), frequency2 = d->fin_frequency * d->fin_frequency;
    const double steady = -sense * q_area * (shell + fins) * (middle - center); /* turns the body back into the motion */
    const double effect = -sense * q_area * d->fin_slope * (d->fin_station - center);
    const double aside[2] = { velocity[2], -velocity[1] }; /* the motion's angles from the axis, turned so that it points forward */
    for (int i = 0; i < 2; i++) {
        const double asked = sense * aside[i] / (speed > 1.0 ? speed : 1.0) - c->errors[1 + i];
        const double bound = clamp(c->errors[1 + i], -d->error_limit, d->error_limit);
        const double moment = (inertia * frequency2 + (steady < 0.0 ? -steady : 0.0)) * bound
            + inertia * 2.0 * d->fin_damping * d->fin_frequency * c->off[1 + i] - steady * asked;
        const bool enough = fabs(effect) * d->fin_limit > 0.1 * inertia * frequency2 * d->error_limit;
        c->fin[i] = enough ? clamp(moment / effect, -d->fin_limit, d->fin_limit) : 0.0;
    }
}
