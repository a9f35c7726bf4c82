#include "navigation.h"

#include <string.h>

#include "earth.h"
#include "mission.h"
#include "vector.h"

#define COVARIANCE_PERIOD 0.1 /* s */
#define GATE 36.0             /* of an innovation's square over its variance: six sigma */

enum { ATTITUDE = 0, VELOCITY = 3, POSITION = 6, GYRO = 9, ACCELEROMETER = 12, STATES = 15, BELIEVED_AFTER = 5 };

void navigation_begin(navigation_t *nav)
{
    const double sigma[5] = { ATTITUDE_SIGMA, VELOCITY_SIGMA, POSITION_SIGMA, GYRO_BIAS_SIGMA, ACCELEROMETER_BIAS_SIGMA };
    memset(nav, 0, sizeof *nav);
    memcpy(nav->r, mission_pad, sizeof nav->r);
    memcpy(nav->v, mission_pad + 3, sizeof nav->v);
    memcpy(nav->q, mission_pad + 6, sizeof nav->q);
    for (int i = 0; i < STATES; i++) {
        nav->p[i][i] = sigma[i / 3] * sigma[i / 3];
    }
}

/* P <- F P F' + Q over the span gathered since the last time. */
static void carry_on(navigation_t *nav)
{
    static const double axes[3][3] = { { 1, 0, 0 }, { 0, 1, 0 }, { 0, 0, 1 } };
    const double dt = nav->span, r2 = dot(nav->r, nav->r), pull = MU / (r2 * sqrt(r2)) * dt;
    double body[3][3], up[3];
    for (int i = 0; i < 3; i++) {
        to_inertial(nav->q, axes[i], body[i]);
    }
    unit(nav->r, up);
    const double *f = nav->force;
    for (int turned = 0; turned < 2; turned++) { /* rows first, then columns, by the same few products */
        for (int j = 0; j < STATES; j++) {
            double c[STATES];
            for (int i = 0; i < STATES; i++) {
                c[i] = turned ? nav->p[j][i] : nav->p[i][j];
            }
            const double radial = 3.0 * (up[0] * c[6] + up[1] * c[7] + up[2] * c[8]);
            const double lever[3] = { c[1] * f[2] - c[2] * f[1], c[2] * f[0] - c[0] * f[2], c[0] * f[1] - c[1] * f[0] };
            for (int i = 0; i < 3; i++) {
                const double bias = body[0][i] * c[12] + body[1][i] * c[13] + body[2][i] * c[14];
                const double drift = body[0][i] * c[9] + body[1][i] * c[10] + body[2][i] * c[11];
                const double v = c[3 + i] + lever[i] + dt * bias + pull * (radial * up[i] - c[6 + i]);
                const double p = c[6 + i] + 0.5 * dt * (c[3 + i] + v), a = c[i] + dt * drift;
                if (turned) {
                    nav->p[j][ATTITUDE + i] = a, nav->p[j][VELOCITY + i] = v, nav->p[j][POSITION + i] = p;
                } else {
                    nav->p[ATTITUDE + i][j] = a, nav->p[VELOCITY + i][j] = v, nav->p[POSITION + i][j] = p;
                }
            }
        }
    }
    const double noise[5] = { GYRO_NOISE, ACCELEROMETER_NOISE, 0.0, GYRO_WALK, ACCELEROMETER_WALK };
    for (int i = 0; i < STATES; i++) {
        nav->p[i][i] += noise[i / 3] * noise[i / 3] * dt;
    }
    nav->span = 0.0;
    memset(nav->force, 0, sizeof nav->force);
}

void navigation_step(navigation_t *nav, const double turn[3], const double push[3], double dt)
{
    double half[4], before[4], middle[4], body[3], gained[3], g[3], there[3];
    half[0] = 1.0;
    for (int i = 0; i < 3; i++) {
        half[1 + i] = 0.5 * (turn[i] - nav->gyro[i] * dt);
        half[0] -= half[1 + i] * half[1 + i];
        body[i] = push[i] - nav->accelerometer[i] * dt;
        there[i] = nav->r[i] + 0.5 * dt * nav->v[i];
    }
    half[0] = sqrt(half[0] > 0.0 ? half[0] : 0.0);
    memcpy(before, nav->q, sizeof before);
    quaternion_product(before, half, nav->q);
    normalize(nav->q);
    for (int i = 0; i < 4; i++) {
        middle[i] = before[i] + nav->q[i];
    }
    normalize(middle);
    to_inertial(middle, body, gained);
    earth_gravity(there, g);
    for (int i = 0; i < 3; i++) {
        const double gain = gained[i] + g[i] * dt;
        nav->r[i] += dt * nav->v[i] + 0.5 * dt * gain;
        nav->v[i] += gain;
        nav->force[i] += gained[i];
    }
    nav->span += dt;
    if (nav->span >= COVARIANCE_PERIOD) {
        carry_on(nav);
    }
}

/* Take an innovation (estimate less measured) of one number; gain: the covariance's product with what it sees, s: its variance. */
static void correct(navigation_t *nav, const double gain[STATES], double s, double innovation)
{
    const double k = innovation / s;
    double turn[4], q[4];
    for (int i = 0; i < STATES; i++) {
        for (int j = 0; j < STATES; j++) {
            nav->p[i][j] -= gain[i] * gain[j] / s;
        }
    }
    turn[0] = 1.0;
    for (int i = 0; i < 3; i++) {
        turn[1 + i] = -0.5 * k * gain[ATTITUDE + i];
        nav->v[i] -= k * gain[VELOCITY + i];
        nav->r[i] -= k * gain[POSITION + i];
        nav->gyro[i] += k * gain[GYRO + i];
        nav->accelerometer[i] += k * gain[ACCELEROMETER + i];
    }
    quaternion_product(turn, nav->q, q);
    memcpy(nav->q, q, sizeof q);
    normalize(nav->q);
}

/* One number that is state *at* of the error alone. */
static void measure(navigation_t *nav, int at, double innovation, double variance)
{
    double gain[STATES];
    for (int i = 0; i < STATES; i++) {
        gain[i] = nav->p[i][at];
    }
    correct(nav, gain, variance + nav->p[at][at], innovation);
}

bool navigation_height(navigation_t *nav, const double up[3], double innovation, double sigma)
{
    double gain[STATES], s = sigma * sigma;
    if (nav->span > 0.0) {
        carry_on(nav);
    }
    for (int i = 0; i < STATES; i++) {
        gain[i] = nav->p[i][POSITION] * up[0] + nav->p[i][POSITION + 1] * up[1] + nav->p[i][POSITION + 2] * up[2];
    }
    s += gain[POSITION] * up[0] + gain[POSITION + 1] * up[1] + gain[POSITION + 2] * up[2];
    if (!(innovation * innovation <= GATE * s)) { /* so that what is no number is refused, too */
        return false;
    }
    correct(nav, gain, s, innovation);
    return true;
}

void navigation_place(navigation_t *nav, const double r[3], const double v[3])
{
    memcpy(nav->r, r, sizeof nav->r);
    memcpy(nav->v, v, sizeof nav->v);
}

bool navigation_fix(navigation_t *nav, const double r[3], const double v[3])
{
    const double speed = FIX_VELOCITY_SIGMA * FIX_VELOCITY_SIGMA, place = FIX_POSITION_SIGMA * FIX_POSITION_SIGMA;
    if (nav->span > 0.0) {
        carry_on(nav);
    }
    bool credible = true;
    for (int i = 0; i < 3; i++) {
        if (!isfinite(r[i]) || !isfinite(v[i])) {
            return false; /* no number of them in a row makes it one to believe */
        }
        const double dv = nav->v[i] - v[i], dr = nav->r[i] - r[i];
        credible = credible && dv * dv <= GATE * (speed + nav->p[VELOCITY + i][VELOCITY + i]);
        credible = credible && dr * dr <= GATE * (place + nav->p[POSITION + i][POSITION + i]);
    }
    /* one that is far off is refused; many in a row are believed: it is then the inertial unit that has drifted */
    if (!credible && nav->rejected < BELIEVED_AFTER) {
        nav->rejected++;
        return false;
    }
    if (!credible) {
        /* a unit that has drifted has turned the platform, too: rad, m/s, m, rad/s, m/s^2 */
        static const double wide[5] = { 5e-3, 10.0, 100.0, 1e-4, 2e-2 };
        for (int i = 0; i < STATES; i++) {
            nav->p[i][i] += wide[i / 3] * wide[i / 3];
        }
    }
    nav->rejected = 0;
    for (int i = 0; i < 3; i++) {
        measure(nav, VELOCITY + i, nav->v[i] - v[i], speed);
    }
    for (int i = 0; i < 3; i++) {
        measure(nav, POSITION + i, nav->r[i] - r[i], place);
    }
    return true;
}
