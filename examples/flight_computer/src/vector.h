/* Vectors of three and quaternions (scalar first, body to inertial). */
#ifndef VECTOR_H
#define VECTOR_H

#include <math.h>

static inline double dot(const double a[3], const double b[3]) { return a[0] * b[0] + a[1] * b[1] + a[2] * b[2]; }

static inline void cross(const double a[3], const double b[3], double out[3])
{
    const double x = a[1] * b[2] - a[2] * b[1], y = a[2] * b[0] - a[0] * b[2], z = a[0] * b[1] - a[1] * b[0];
    out[0] = x, out[1] = y, out[2] = z;
}

/* out = a + s b; out may be a or b */
static inline void add(const double a[3], double s, const double b[3], double out[3])
{
    for (int i = 0; i < 3; i++) {
        out[i] = a[i] + s * b[i];
    }
}

static inline void scale(double s, const double a[3], double out[3])
{
    for (int i = 0; i < 3; i++) {
        out[i] = s * a[i];
    }
}

static inline void unit(const double a[3], double out[3])
{
    const double n = sqrt(dot(a, a));
    scale(1.0 / (n > 1e-12 ? n : 1e-12), a, out);
}

static inline double clamp(double x, double low, double high) { return x < low ? low : x > high ? high : x; }

static inline void quaternion_product(const double a[4], const double b[4], double out[4])
{
    const double w = a[0] * b[0] - a[1] * b[1] - a[2] * b[2] - a[3] * b[3];
    const double x = a[0] * b[1] + a[1] * b[0] + a[2] * b[3] - a[3] * b[2];
    const double y = a[0] * b[2] - a[1] * b[3] + a[2] * b[0] + a[3] * b[1];
    const double z = a[0] * b[3] + a[1] * b[2] - a[2] * b[1] + a[3] * b[0];
    out[0] = w, out[1] = x, out[2] = y, out[3] = z;
}

static inline void normalize(double q[4])
{
    const double s = 1.0 / sqrt(q[0] * q[0] + q[1] * q[1] + q[2] * q[2] + q[3] * q[3]);
    for (int i = 0; i < 4; i++) {
        q[i] *= s;
    }
}

static inline void to_inertial(const double q[4], const double b[3], double out[3])
{
    const double tx = 2.0 * (q[2] * b[2] - q[3] * b[1]);
    const double ty = 2.0 * (q[3] * b[0] - q[1] * b[2]);
    const double tz = 2.0 * (q[1] * b[1] - q[2] * b[0]);
    const double x = b[0] + q[0] * tx + q[2] * tz - q[3] * ty;
    const double y = b[1] + q[0] * ty + q[3] * tx - q[1] * tz;
    const double z = b[2] + q[0] * tz + q[1] * ty - q[2] * tx;
    out[0] = x, out[1] = y, out[2] = z;
}

#endif
