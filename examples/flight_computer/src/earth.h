/* Gravity with J2, and Earth-fixed to inertial axes (those of T-0). */
#ifndef EARTH_H
#define EARTH_H

void earth_gravity(const double r[3], double out[3]);

/* Earth-fixed position and velocity over the rotating Earth, at a time since T-0, in inertial axes. */
void earth_to_inertial(double time, const double position[3], const double velocity[3], double r[3], double v[3]);

/* What gravity does to a body in free fall over a time: change of velocity, and of position beyond v t. */
void earth_fall(const double r[3], const double v[3], double time, double change[3], double moved[3]);

#endif
