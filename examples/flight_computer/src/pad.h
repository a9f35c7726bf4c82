/* The landing pad's axes, which turn with the Earth: x along the flight, y to its left, z up. */
#ifndef PAD_H
#define PAD_H

/* Inertial position and velocity at a time since T-0, as position and velocity over the ground in the pad's axes. */
void pad_local(double time, const double r[3], const double v[3], double position[3], double velocity[3]);

/* Columns of out are the body's axes in the pad's, of its attitude at a time. */
void pad_body(double time, const double q[4], double out[3][3]);

/* A direction of the pad's axes in inertial ones, and the other way round. */
void pad_to_inertial(double time, const double direction[3], double out[3]);
void pad_direction(double time, const double inertial[3], double out[3]);

/* Height [m] over the pad's level, along the vertical, of a place not far from it. */
double pad_height(const double position[3]);

#endif
