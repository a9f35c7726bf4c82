#include "computer.h"

#include <string.h>

#include "earth.h"
#include "mission.h"
#include "pad.h"
#include "vector.h"

#define SENSED_LAG 0.5        /* s: of the acceleration that guidance takes */
#define SILENT_LIMIT 1.0      /* s without inertial samples before giving up */
#define FIX_LIMIT 5.0         /* s */
#define LOW_VOLTAGE 24.0      /* V */
#define GIMBAL_LIMIT 0.02     /* rad between commanded and measured, for GIMBAL_TIME */
#define GIMBAL_RATE 0.05      /* rad/s at least, towards what is commanded, of one that does follow */
#define GIMBAL_TIME 0.3       /* s */
#define LOST_ANGLE 0.5236     /* 30 deg, and growing for LOST_TIME: the attitude is lost */
#define LOST_TIME 3.0         /* s: gimbals that have just come to life may yet turn it back */
#define GONE_ANGLE 1.2217     /* 70 deg: at once */
#define THRUST_SHARE 0.85     /* of the acceleration before */
#define EMPTY 1.0             /* kg */
#define RADAR_EVERY ((uint32_t)(0.1 / SAMPLE_PERIOD + 0.5)) /* samples between two heights that are taken */
#define FULL_TURN 6.283185307179586 /* rad */
#define STANDING_TIME 5.0     /* s on the legs before a landing counts as done */

void computer_begin(computer_t *fc)
{
    memset(fc, 0, sizeof *fc);
    fc->state = STATE_START;
    fc->command.throttle = 1.0F;
}

void computer_background(computer_t *fc)
{
    if (mission_descent.descends) {
        landing_burn_plan(&fc->descent.burn);
    }
}

void computer_damaged(computer_t *fc) { fc->health |= FAULT_LINK; }

static const mission_phase_t *phase_of(const computer_t *fc) { return &mission_phases[fc->phase]; }

static bool descends(const computer_t *fc) { return fc->state >= STATE_TURN && fc->state <= STATE_LANDING; }

static bool flies(const computer_t *fc) { return (fc->state >= STATE_ASCENT && fc->state <= STATE_EXPLICIT) || descends(fc); }

static state_t state_of(const computer_t *fc, const mission_phase_t *phase)
{
    if (mission_descent.descends) {
        return (state_t)(STATE_TURN + mission_descent.first + fc->phase);
    }
    if (phase->stops || phase->separates) {
        return STATE_STAGING;
    }
    if (phase->guidance == GUIDE_EXPLICIT) {
        return STATE_EXPLICIT;
    }
    return phase->stage == 0 ? STATE_ASCENT : STATE_UPPER;
}

static void enter(computer_t *fc, int phase, double time)
{
    fc->phase = phase;
    fc->phase_begin = time;
    const mission_phase_t *p = phase_of(fc);
    fc->state = state_of(fc, p);
    fc->over = false;
    if (p->separates) {
        control_begin_stage(&fc->control);
        fc->reciprocal = 0.0;
    }
    if (p->guidance != GUIDE_HOLD) {
        guidance_begin_phase(&fc->guidance);
    }
}

/* Faults by what the sensors say; those that leave nothing to fly with end the mission. */
static void watch(computer_t *fc, const osea_bench_sample_t *s, double dt)
{
    fc->low_power = s->bus_voltage < LOW_VOLTAGE ? fc->low_power + dt : 0.0;
    if (fc->low_power > 0.1) {
        fc->health |= FAULT_POWER;
    }
    if (fc->time - fc->fix_time > FIX_LIMIT) {
        fc->health |= FAULT_FIX;
    }
    const bool steers = phase_of(fc)->gimbal_limit > 0.0 && s->engine_level > 0.5F;
    bool off = false;
    for (int i = 0; i < 2; i++) { /* one that is on its way does follow */
        const double left = fc->control.gimbal[i] - (double)s->gimbal[i], moved = (double)s->gimbal[i] - fc->last_gimbal[i];
        off = off || (fabs(left) > GIMBAL_LIMIT && moved * (left > 0.0 ? 1.0 : -1.0) < GIMBAL_RATE * dt);
        fc->last_gimbal[i] = (double)s->gimbal[i];
    }
    fc->gimbal_off = steers && off ? fc->gimbal_off + dt : 0.0;
    if (fc->gimbal_off > GIMBAL_TIME) {
        fc->health |= FAULT_GIMBAL;
    }
    fc->silent = s->imu_valid ? 0.0 : fc->silent + dt;
    if (fc->silent > 0.0) {
        fc->health |= FAULT_IMU;
    }
    if (fc->silent > SILENT_LIMIT) {
        fc->state = STATE_SAFE;
    }
    if (fc->control.error != fc->last_error) { /* the control has run since */
        fc->grows = fc->control.error > fc->last_error;
        fc->last_error = fc->control.error;
    }
    fc->astray = fc->control.error < LOST_ANGLE ? 0.0 : fc->grows ? fc->astray + dt : clamp(fc->astray - dt, 0.0, LOST_TIME);
    if (fc->astray > LOST_TIME || fc->control.error > GONE_ANGLE) {
        fc->health |= FAULT_ATTITUDE;
        fc->state = STATE_SAFE;
    }
}

/* The radar's height over the pad's level. */
static void look_down(computer_t *fc, double range)
{
    double position[3], velocity[3], up[3];
    pad_local(fc->time, fc->nav.r, fc->nav.v, position, velocity);
    unit(fc->nav.r, up);
    (void)navigation_height(&fc->nav, up, pad_height(position) - range, mission_descent.altimeter_sigma);
}

static void navigate(computer_t *fc, const osea_bench_sample_t *s, double dt)
{
    double turn[3], push[3];
    for (int i = 0; i < 3; i++) {
        if (s->imu_valid) { /* increments are of one period: those of samples that were lost lie between the last and these */
            const double rate = (double)s->delta_angle[i] / SAMPLE_PERIOD, force = (double)s->delta_velocity[i] / SAMPLE_PERIOD;
            const double gap = dt - SAMPLE_PERIOD;
            turn[i] = (double)s->delta_angle[i] + 0.5 * gap * (fc->last_turn[i] + rate);
            push[i] = (double)s->delta_velocity[i] + 0.5 * gap * (fc->last_push[i] + force);
            fc->last_turn[i] = rate, fc->last_push[i] = force;
        } else { /* without samples: on as before */
            turn[i] = fc->last_turn[i] * dt, push[i] = fc->last_push[i] * dt;
        }
        fc->turn[i] += turn[i];
    }
    fc->push += push[0];
    fc->span += dt;
    navigation_step(&fc->nav, turn, push, dt);
    if (mission_descent.descends && s->altimeter_valid && fc->samples % RADAR_EVERY == 0) {
        look_down(fc, (double)s->altimeter_range);
    }
    if (s->fix_count != fc->fixes) {
        fc->fixes = s->fix_count;
        if (s->fix_valid) {
            double r[3], v[3];
            const double over_ground[3] = { (double)s->velocity[0], (double)s->velocity[1], (double)s->velocity[2] };
            earth_to_inertial(fc->time, s->position, over_ground, r, v);
            if (navigation_fix(&fc->nav, r, v)) {
                fc->fix_time = fc->time;
            } else {
                fc->health |= FAULT_FIX_REFUSED;
            }
        }
    }
}

/* Whether the present phase is over. */
static bool is_over(computer_t *fc, const osea_bench_sample_t *s)
{
    const mission_phase_t *p = phase_of(fc);
    if (descends(fc)) {
        return fc->over || (fc->state == STATE_LANDING && s->landed);
    }
    const double t = fc->time - fc->phase_begin;
    const bool burns = p->gimbal_limit > 0.0 && !p->stops;
    /* a level sensor may be wrong: an engine that has run down and pushes no more says the same */
    const bool out = burns && s->engine_level < 0.1F && fc->reciprocal <= 0.0 && t > 2.0 + p->start_ramp;
    const bool dry = out || ((double)s->propellant < EMPTY && s->engine_level < 0.9F && burns && t > 2.0);
    if (p->guidance == GUIDE_EXPLICIT) {
        if (dry) {
            fc->health |= FAULT_DRY;
        }
        return dry || fc->time >= fc->guidance.cut_off;
    }
    if (p->ends_empty && (double)s->propellant < EMPTY) {
        return true;
    }
    return t >= p->duration || dry;
}

/* Ask for an axis in the pad's axes, and for the rate at which it turns. */
static void ask(computer_t *fc, const steered_t *wanted)
{
    double angles[2][2];
    for (int k = 0; k < 2; k++) {
        double axis[3], inertial[3], along[3];
        add(wanted->axis, k * GUIDANCE_PERIOD, wanted->turning, axis), unit(axis, axis);
        pad_to_inertial(fc->time, axis, inertial);
        for (int i = 0; i < 3; i++) { /* downrange, up, cross */
            along[i] = dot(inertial, mission_launch_axes[i]);
        }
        angles[k][0] = atan2(along[1], along[0]);
        angles[k][1] = asin(clamp(along[2], -1.0, 1.0));
    }
    guidance_t *g = &fc->guidance;
    g->pitch = angles[0][0], g->yaw = angles[0][1];
    g->pitch_rate = remainder(angles[1][0] - angles[0][0], FULL_TURN) / GUIDANCE_PERIOD; /* straight back, pitch leaps by a turn */
    g->yaw_rate = (angles[1][1] - angles[0][1]) / GUIDANCE_PERIOD;
    g->throttle = wanted->throttle;
}

static void guide_descent(computer_t *fc, const osea_bench_sample_t *s, double sensed)
{
    sensed_t seen = { .time = fc->time, .sensed = sensed };
    pad_local(fc->time, fc->nav.r, fc->nav.v, seen.position, seen.velocity);
    pad_body(fc->time, fc->nav.q, seen.body);
    memcpy(seen.rates, fc->rates, sizeof seen.rates);
    if (fc->time - fc->guided_at >= GUIDANCE_PERIOD - 1e-6) {
        steered_t wanted;
        fc->guided_at = fc->time;
        descent_steer(&fc->descent, (descent_phase_t)(mission_descent.first + fc->phase), &seen, &wanted);
        ask(fc, &wanted);
        fc->over = fc->over || wanted.ends;
    }
    control_step(&fc->control, phase_of(fc), &fc->guidance, fc->nav.q, fc->rates, fc->time - fc->phase_begin,
        (double)s->engine_level, fc->span);
    double motion[3], through[3];
    reach_through_air(&fc->descent.know, seen.position[2], seen.velocity, through);
    for (int i = 0; i < 3; i++) {
        motion[i] = seen.body[0][i] * through[0] + seen.body[1][i] * through[1] + seen.body[2][i] * through[2];
    }
    const double speed = sqrt(dot(motion, motion)), thickness = fc->descent.know.thickness;
    control_fins(&fc->control, motion, thickness * reach_dynamic_pressure(seen.position[2], speed), fc->descent.know.mass);
}

static void guide(computer_t *fc, const osea_bench_sample_t *s)
{
    const mission_phase_t *p = phase_of(fc);
    const double sensed = fc->push / fc->span;
    for (int i = 0; i < 3; i++) {
        fc->rates[i] = fc->turn[i] / fc->span - fc->nav.gyro[i];
        fc->turn[i] = 0.0;
    }
    if (descends(fc)) {
        guide_descent(fc, s, sensed);
        fc->span = fc->push = 0.0;
        return;
    }
    /* the reciprocal of the acceleration falls in a straight line, so its lag is known: SENSED_LAG / exhaust speed */
    if (sensed > 0.5) {
        if (fc->reciprocal <= 0.0) {
            fc->reciprocal = 1.0 / sensed;
        }
        if (fc->state == STATE_ASCENT && 1.0 / sensed * THRUST_SHARE > fc->reciprocal && s->engine_level > 0.9F) {
            fc->health |= FAULT_THRUST;
        }
        fc->reciprocal += (1.0 / sensed - fc->reciprocal) * clamp(fc->span / SENSED_LAG, 0.0, 1.0);
    } else {
        fc->reciprocal = 0.0;
    }
    if (p->guidance == GUIDE_TABLE) {
        guidance_table(&fc->guidance, p, fc->time - fc->phase_begin);
    } else if (p->guidance == GUIDE_EXPLICIT && s->engine_level >= 1.0F && fc->reciprocal > 0.0) {
        const bool due = fc->time - fc->guided_at >= GUIDANCE_PERIOD - 1e-6;
        if (due || !fc->guidance.active) {
            fc->guided_at = fc->time;
        }
        guidance_explicit(&fc->guidance, p, &fc->nav, fc->time, 1.0 / (fc->reciprocal - SENSED_LAG / p->exhaust), due);
    }
    control_step(&fc->control, p, &fc->guidance, fc->nav.q, fc->rates, fc->time - fc->phase_begin, (double)s->engine_level, fc->span);
    fc->span = fc->push = 0.0;
}

static void write_command(computer_t *fc)
{
    osea_bench_command_t *c = &fc->command;
    const bool steers = flies(fc);
    for (int i = 0; i < 2; i++) {
        c->fin[i] = steers ? (float)fc->control.fin[i] : 0.0F;
        c->gimbal[i] = steers ? (float)fc->control.gimbal[i] : 0.0F;
    }
    for (int i = 0; i < 3; i++) {
        c->jet[i] = (int8_t)(steers ? fc->control.jet[i] : 0);
    }
    c->roll_torque = steers ? (float)fc->control.roll_torque : 0.0F;
    c->throttle = steers && fc->guidance.throttle > 0.0 ? (float)fc->guidance.throttle : 1.0F;
    c->cut_off = fc->state == STATE_SAFE || fc->state == STATE_ORBIT || fc->state >= STATE_STANDING;
    c->state = (uint8_t)fc->state;
    c->health = fc->health;
    c->answered_tick = fc->tick;
}

const osea_bench_command_t *computer_step(computer_t *fc, const osea_bench_sample_t *s)
{
    if (fc->state != STATE_START && s->tick == fc->tick) {
        return &fc->command; /* the same sample again: the same answer */
    }
    if (fc->state > STATE_HOLD && s->lifted && (int32_t)(s->tick - fc->tick) < 0) {
        fc->health |= FAULT_LINK;
        return &fc->command; /* overtaken by a later sample */
    }
    if (fc->state != STATE_START && s->tick != fc->tick + 1U && s->lifted) {
        fc->health |= FAULT_LINK;
    }
    const uint32_t passed = fc->state == STATE_START || s->tick < fc->tick ? 1U : s->tick - fc->tick;
    const double dt = SAMPLE_PERIOD * passed, before = fc->time;
    fc->tick = s->tick;
    fc->command.next_phase = 0;
    if (!s->lifted) {
        fc->state = STATE_HOLD;
        fc->fixes = s->fix_count;
        fc->time = s->time;
        write_command(fc);
        return &fc->command;
    }
    if (fc->state <= STATE_HOLD) { /* the contact has opened: this sample is the first of the flight */
        navigation_begin(&fc->nav);
        if (mission_descent.descends) { /* where it is let go differs from flight to flight: the last fix tells */
            if (s->fix_valid) {
                const double over_ground[3] = { (double)s->velocity[0], (double)s->velocity[1], (double)s->velocity[2] };
                double r[3], v[3];
                earth_to_inertial(0.0, s->position, over_ground, r, v);
                navigation_place(&fc->nav, r, v);
            } else { /* the mission data's place is as good as the spread of the flights */
                fc->health |= FAULT_FIX;
            }
            descent_begin(&fc->descent);
            fc->guided_at = -GUIDANCE_PERIOD;
        }
        enter(fc, 0, 0.0);
        fc->time = fc->fix_time = 0.0;
        fc->samples = 0;
    }
    /* the count is trusted before the clock: a clock that jumps is a fault of its own */
    fc->samples += passed;
    fc->time = fc->samples * SAMPLE_PERIOD;
    if (fabs(s->time - fc->time) > 2.0 * SAMPLE_PERIOD || fc->time < before) {
        fc->health |= FAULT_TIME;
    }
    navigate(fc, s, dt);
    if (flies(fc)) {
        watch(fc, s, dt);
    }
    if (fc->state == STATE_STANDING && s->landed && fc->time - fc->phase_begin >= STANDING_TIME) {
        fc->state = STATE_LANDED;
    }
    if (flies(fc)) {
        if (s->phase > fc->phase && s->phase < MISSION_PHASES) {
            enter(fc, s->phase, fc->time); /* the monitors show that it is done */
        } else if (is_over(fc, s)) {
            if (fc->phase == MISSION_PHASES - 1) {
                fc->state = STATE_ORBIT;
            } else {
                fc->command.next_phase = 1;
            }
        }
        if (fc->samples % CONTROL_EVERY == 0 || passed > 1U) {
            guide(fc, s);
        }
    }
    write_command(fc);
    return &fc->command;
}
