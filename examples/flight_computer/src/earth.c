#include "earth.h"

#include "mission.h"
#include "vector.h"

enum { FALL_STEPS = 24 };

void earth_gravity(const double r[3], double out[3])
{
    const double r2 = dot(r, r), inverse = 1.0 / r2;
    const double central = -MU * inverse / sqrt(r2);
    const double k = 1.5 * J2 * RADIUS * RADIUS * inverse, polar = 5.0 * r[2] * r[2] * inverse;
    out[0] = central * (1.0 + k * (1.0 - polar)) * r[0];
    out[1] = central * (1.0 + k * (1.0 - polar)) * r[1];
    out[2] = central * (1.0 + k * (3.0 - polar)) * r[2];
}

void earth_to_inertial(double time, const double position[3], const double velocity[3], double r[3], double v[3])
{
    const double turn = ROTATION * time, c = cos(turn), s = sin(turn);
    r[0] = c * position[0] - s * position[1];
    r[1] = s * position[0] + c * position[1];
    r[2] = position[2];
    v[0] = c * velocity[0] - s * velocity[1] - ROTATION * r[1];
    v[1] = s * velocity[0] + c * velocity[1] + ROTATION * r[0];
    v[2] = velocity[2];
}

void earth_fall(const double r[3], const double v[3], double time, double change[3], double moved[3])
{
    /* Nyström's method of order four: the force does not depend on velocity */
    const double h = time / FALL_STEPS;
    double x[3] = { r[0], r[1], r[2] }, u[3] = { v[0], v[1], v[2] }, a[3], b[3], c[3], m[3], e[3];
    for (int k = 0; k < FALL_STEPS; k++) {
        earth_gravity(x, a);
        add(x, 0.5 * h, u, m), add(m, 0.125 * h * h, a, m);
        earth_gravity(m, b);
        add(x, h, u, e), add(e, 0.5 * h * h, b, e);
        earth_gravity(e, c);
        add(x, h, u, x), add(x, h * h / 6.0, a, x), add(x, h * h / 3.0, b, x);
        add(u, h / 6.0, a, u), add(u, 2.0 * h / 3.0, b, u), add(u, h / 6.0, c, u);
    }
    add(u, -1.0, v, change);
    add(x, -1.0, r, moved), add(moved, -time, v, moved);
}
