#include "pad.h"

#include "mission.h"
#include "vector.h"

/* Earth-fixed axes turn about the third one. */
static void turned(double angle, const double in[3], double out[3])
{
    const double c = cos(angle), s = sin(angle), x = in[0], y = in[1];
    out[0] = c * x - s * y, out[1] = s * x + c * y, out[2] = in[2];
}

void pad_direction(double time, const double inertial[3], double out[3])
{
    double fixed[3];
    turned(-ROTATION * time, inertial, fixed);
    for (int i = 0; i < 3; i++) {
        out[i] = dot(mission_descent.axes[i], fixed);
    }
}

void pad_local(double time, const double r[3], const double v[3], double position[3], double velocity[3])
{
    const double over[3] = { v[0] + ROTATION * r[1], v[1] - ROTATION * r[0], v[2] };
    double fixed[3];
    turned(-ROTATION * time, r, fixed);
    add(fixed, -1.0, mission_descent.origin, fixed);
    for (int i = 0; i < 3; i++) {
        position[i] = dot(mission_descent.axes[i], fixed);
    }
    pad_direction(time, over, velocity);
}

void pad_body(double time, const double q[4], double out[3][3])
{
    static const double axes[3][3] = { { 1, 0, 0 }, { 0, 1, 0 }, { 0, 0, 1 } };
    for (int j = 0; j < 3; j++) {
        double inertial[3], local[3];
        to_inertial(q, axes[j], inertial);
        pad_direction(time, inertial, local);
        for (int i = 0; i < 3; i++) {
            out[i][j] = local[i];
        }
    }
}

void pad_to_inertial(double time, const double direction[3], double out[3])
{
    double fixed[3] = { 0.0, 0.0, 0.0 };
    for (int i = 0; i < 3; i++) {
        add(fixed, direction[i], mission_descent.axes[i], fixed);
    }
    turned(ROTATION * time, fixed, out);
}

double pad_height(const double position[3])
{
    const double *c = mission_descent.center;
    return position[2] + (position[0] * position[0] + position[1] * position[1]) / (2.0 * sqrt(dot(c, c)));
}
