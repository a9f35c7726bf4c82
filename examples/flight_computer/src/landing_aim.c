#include "landing_aim.h"

#include <math.h>

#include "mission.h"
#include "vector.h"

#define MOST_STEPS 64

static const mission_descent_t *const D = &mission_descent;

double aim_height_over_ground(const double position[3])
{
    return position[2] + (position[0] * position[0] + position[1] * position[1]) / (2.0 * D->mean_radius);
}

/* The largest push across [m/s^2] that a lean gives against the air's force; push, air: of thrust and dynamic pressure over mass. */
static double most_aside(double push, double air, double slope, double growth, double most)
{
    const double freely = 1.0 - air * slope / push;
    if (!(freely > D->least_free)) {
        return 0.0;
    }
    const double best = D->most_share * 0.5 * freely * push / (air * growth), lean = best < most ? best : most;
    return (push * freely - air * growth * lean) * lean;
}

across_t aim_across(const knowledge_t *know, const double position[3], const double velocity[3], double throttle, double until)
{
    const reached_t last = reach_landing_burn(know, position, velocity, know->mass, throttle, until, 0.0);
    const double first = sqrt(dot(velocity, velocity)), trimmed = reach_gimballed_lift(know->mass).angle;
    const double most = trimmed < sin(D->tilt) ? trimmed : sin(D->tilt);
    const int steps = D->steps < MOST_STEPS ? D->steps : MOST_STEPS;
    double decay = 0.0, total = 0.0, distance = 0.0, gained[MOST_STEPS], kept[MOST_STEPS];
    const double step = last.time / steps;
    for (int k = 0; k < steps; k++) {
        const double s = (k + 0.5) / steps, speed = first + s * (until - first), mass = know->mass + s * (last.mass - know->mass);
        const double height = position[2]
            + (last.position[2] - position[2]) * s * (2.0 * first + s * (until - first)) / (first + until);
        const double push
            = (throttle * D->thrust * know->strength - reach_back_pressure(height)) * (D->landing_engines / mass);
        const double air = reach_dynamic_pressure(height, speed) * D->area * know->thickness / mass;
        double slope, growth;
        reach_lift(height, speed, mass, &slope, &growth);
        const double side = most_aside(push, air, slope, growth, most);
        const double slowed = 0.5 * step * (push + air * reach_axial(height, speed)) / speed;
        decay += slowed;
        kept[k] = exp(decay);
        total += 0.5 * step * side * kept[k];
        gained[k] = total;
        total += 0.5 * step * side * kept[k];
        decay += slowed;
    }
    for (int k = 0; k < steps; k++) {
        distance += step * (gained[k] < total - gained[k] ? gained[k] : total - gained[k]) / kept[k];
    }
    const double *end = last.position;
    return (across_t){ .end = { end[0], end[1] }, .off = sqrt(end[0] * end[0] + end[1] * end[1]), .reach = distance };
}

void aim_nearest(const across_t *a, double place[2])
{
    const double share = D->aim_share * a->reach / (a->off > 1e-9 ? a->off : 1e-9), left = share < 1.0 ? 1.0 - share : 0.0;
    place[0] = left * a->end[0], place[1] = left * a->end[1];
}
