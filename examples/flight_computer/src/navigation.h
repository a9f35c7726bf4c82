/* Strapdown navigation in inertial axes with a fifteen-state error filter: attitude, velocity, position, gyroscope and
 * accelerometer biases (Groves 2013, sec. 14.2.2, in axes that do not turn). */
#ifndef NAVIGATION_H
#define NAVIGATION_H

#include <stdbool.h>

typedef struct {
    double r[3], v[3], q[4];       /* inertial position [m], velocity [m/s], attitude */
    double gyro[3], accelerometer[3]; /* biases [rad/s], [m/s^2] */
    double p[15][15];
    double span, force[3]; /* since the covariance was last carried on: time, velocity increments in inertial axes */
    int rejected;          /* fixes refused in a row */
} navigation_t;

void navigation_begin(navigation_t *nav);

/* One inertial sample: increments of angle [rad] and velocity [m/s] over dt [s]. */
void navigation_step(navigation_t *nav, const double turn[3], const double push[3], double dt);

/* Begin from the inertial position and velocity of a first fix. */
void navigation_place(navigation_t *nav, const double r[3], const double v[3]);

/* A height over the ground along up (inertial, of length 1). innovation: the estimate's less the measured [m]; sigma: its standard
 * deviation. False when it was refused. */
bool navigation_height(navigation_t *nav, const double up[3], double innovation, double sigma);

/* A satellite fix, inertial. False when it was refused as not credible. */
bool navigation_fix(navigation_t *nav, const double r[3], const double v[3]);

#endif
