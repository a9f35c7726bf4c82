/* What the descent's guidance knows of its flight, and where it comes down by that (recovery/descent_reach.py). */
#ifndef REACH_H
#define REACH_H

typedef struct {
    double mass;      /* burned down from the loaded one [kg] */
    double strength;  /* of the engines' thrust over mass against the nominal */
    double thickness; /* of the air's force over mass against the nominal */
    double wind[2], wind_height; /* level, in the pad's axes [m/s], and the height that it was found at */
} knowledge_t;

/* Learn a factor from an expected and a measured acceleration along the body. */
void reach_learn(double *factor, double expected, double measured, double elapsed);

/* Learn the wind from a change of velocity in a fall without engines, the body's axis given: Reach.learn_wind. */
void reach_learn_wind(knowledge_t *know, const double position[3], const double velocity[3], const double before[3],
    const double axis[3], double elapsed);

void reach_wind(const knowledge_t *know, double height, double out[2]); /* at a height, by what is known */

/* The velocity through the air, of one over the ground. */
void reach_through_air(const knowledge_t *know, double height, const double velocity[3], double out[3]);

double reach_dynamic_pressure(double height, double speed); /* of the nominal air [Pa] */
double reach_mach(double height, double speed);
double reach_axial(double height, double speed); /* the axial force coefficient */
double reach_back_pressure(double height);       /* of the air on one engine's nozzle [N] */

/* Of the force across the motion by a lean, against the lean: slope and its growth per radian, with the fins trimming. */
void reach_lift(double height, double speed, double mass, double *slope, double *growth);

/* Largest angle that the fins trim, and of the force across a body that leans further, which the gimbals trim: at none, slope, growth
 * (Reach.gimballed_lift). */
typedef struct {
    double angle, at_none, slope, growth;
} gimballed_t;
gimballed_t reach_gimballed_lift(double mass);

double reach_center(double mass);          /* station of the centre of mass [m] */
double reach_pitch_inertia(double mass);   /* kg m^2 */
double reach_standing_height(double mass); /* of the centre of mass when the feet touch the ground [m] */
double reach_percussion(double mass); /* how far over the centre of mass a force at the gimbals moves nothing at once [m] */

typedef struct {
    double position[3], velocity[3], mass, time;
} reached_t;

/* State on reaching a height, after an entry burn to a speed (below 0: none), which begins after a delay [s]. */
reached_t reach_fall(const knowledge_t *know, const double position[3], const double velocity[3], double ground,
    double burns_to, double delay);

/* State in which a burn against the motion, begun after a delay, has slowed it to a speed. */
reached_t reach_landing_burn(const knowledge_t *know, const double position[3], const double velocity[3], double mass,
    double throttle, double until, double delay);

/* Throttle of a burn against the motion, already begun, that is slowed to a speed at a height; 1 where none is enough. */
double reach_even_throttle(const knowledge_t *know, const double position[3], const double velocity[3], double height,
    double until);

#endif
