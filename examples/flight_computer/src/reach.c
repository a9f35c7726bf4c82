#include "reach.h"

#include <math.h>
#include <stdbool.h>
#include <string.h>

#include "mission.h"
#include "vector.h"

#define NO_GROUND (-1e9)

static const mission_descent_t *const D = &mission_descent;

/* Linear between equidistant points, the ends' values beyond. */
static double between(const double *values, int count, double first, double step, double x)
{
    const double s = (x - first) / step;
    if (s <= 0.0) {
        return values[0];
    }
    if (!(s < count - 1)) {
        return values[count - 1];
    }
    const int i = (int)s;
    return values[i] + (s - i) * (values[i + 1] - values[i]);
}

static double of_air(const double *column, double height)
{
    return between(column, D->air_rows, D->air_first, D->air_step, height);
}

void reach_learn(double *factor, double expected, double measured, double elapsed)
{
    const double share = clamp(elapsed / D->learning_lag, 0.0, 1.0);
    *factor = clamp(*factor + share * (measured / expected - *factor), D->least_factor, D->most_factor);
}

double reach_dynamic_pressure(double height, double speed) { return 0.5 * of_air(D->air_density, height) * speed * speed; }

double reach_mach(double height, double speed) { return speed / of_air(D->air_sound, height); }

double reach_axial(double height, double speed)
{
    return between(D->axial, D->mach_rows, 0.0, D->mach_step, reach_mach(height, speed));
}

double reach_back_pressure(double height) { return of_air(D->air_pressure, height) * D->exit_area; }

void reach_lift(double height, double speed, double mass, double *slope, double *growth)
{
    const double center = reach_center(mass);
    const double kept = 1.0 - (0.5 * D->length - center) / (D->fin_station - center);
    *slope = 2.0 * kept - reach_axial(height, speed);
    *growth = D->planform * kept;
}

gimballed_t reach_gimballed_lift(double mass)
{
    const double center = reach_center(mass), body = 0.5 * D->length - center, fins = D->fin_station - center;
    const double gimbals = center - D->gimbal_station, share = body / fins, most = D->fin_slope * D->fin_limit;
    const double linear = D->fin_slope + 2.0 * share, by_body = 1.0 + body / gimbals, by_fins = 1.0 + fins / gimbals;
    return (gimballed_t){
        .angle = (sqrt(linear * linear + 4.0 * D->planform * share * most) - linear) / (2.0 * D->planform * share),
        .at_none = -most * by_fins, .slope = 2.0 * by_body + D->fin_slope * by_fins, .growth = D->planform * by_body };
}

double reach_center(double mass)
{
    const double left = mass > D->dry_mass ? mass - D->dry_mass : 0.0;
    return (D->dry_mass * D->dry_center + left * D->propellant_station) / (D->dry_mass + left);
}

double reach_pitch_inertia(double mass)
{
    const double center = reach_center(mass), left = mass > D->dry_mass ? mass - D->dry_mass : 0.0;
    const double shell = D->dry_center - center, tank = D->propellant_station - center;
    return D->dry_pitch_inertia + D->dry_mass * shell * shell + left * tank * tank;
}

double reach_standing_height(double mass) { return reach_center(mass) - D->leg_station; }

double reach_percussion(double mass) { return reach_pitch_inertia(mass) / (mass * (reach_center(mass) - D->gimbal_station)); }

typedef struct {
    double area, mass, thrust, flow, exit_area, burn_speed, ground;
    const knowledge_t *know;
} fall_t;

/* Time derivative of position, velocity and mass. */
static void accelerate(const fall_t *p, const double y[7], bool burning, double out[7])
{
    const double d[3] = { y[0] - D->center[0], y[1] - D->center[1], y[2] - D->center[2] };
    const double r2 = dot(d, d), r = sqrt(r2), pull = -MU / (r2 * r);
    const double above = r - sqrt(dot(D->center, D->center));
    const double *v = y + 3;
    double u[3], flow = 0.0;
    reach_through_air(p->know, above, v, u);
    const double through = sqrt(dot(u, u)) + 1e-6;
    double slow = 0.5 * of_air(D->air_density, above) * through * p->area * reach_axial(above, through) / y[6];
    if (burning) {
        slow += (p->thrust - of_air(D->air_pressure, above) * p->exit_area) / (through * y[6]);
        flow = p->flow;
    }
    double turns[3], throws[3], drags[3];
    cross(D->turn, d, turns), cross(D->turn, turns, throws), cross(D->turn, v, drags);
    for (int i = 0; i < 3; i++) {
        out[i] = v[i];
        out[3 + i] = pull * d[i] - slow * u[i] - 2.0 * drags[i] - throws[i];
    }
    out[6] = -flow;
}

/* To the ground; without one, until the burn has slowed it to burn_speed. Midpoint rule. */
static reached_t fly(const fall_t *p, const double position[3], const double velocity[3], double delay, double step)
{
    double y[7], slope[7], middle[7], time = 0.0;
    const bool to_rest = p->ground <= NO_GROUND;
    bool burns = p->thrust > 0.0;
    memcpy(y, position, 3 * sizeof *y), memcpy(y + 3, velocity, 3 * sizeof *y);
    y[6] = p->mass;
    while (time < D->longest && (to_rest || y[2] > p->ground)) {
        const double speed = sqrt(dot(y + 3, y + 3));
        if (burns && time >= delay && speed <= p->burn_speed) {
            burns = false;
            if (to_rest) {
                break;
            }
        }
        const bool on = burns && time >= delay;
        double h = step;
        if (burns && time < delay && delay - time < h) {
            h = delay - time;
        }
        accelerate(p, y, on, slope);
        if (on) {
            const double slowing = -dot(slope + 3, y + 3) / speed;
            if (slowing > 0.0) {
                const double left = (speed - p->burn_speed) / slowing;
                h = clamp(left > 1e-4 ? left : 1e-4, 0.0, h);
            }
        }
        if (!to_rest && y[5] < 0.0) {
            const double left = (p->ground - y[2]) / y[5];
            h = clamp(left > 1e-4 ? left : 1e-4, 0.0, h);
        }
        for (int i = 0; i < 7; i++) {
            middle[i] = y[i] + 0.5 * h * slope[i];
        }
        accelerate(p, middle, on, slope);
        for (int i = 0; i < 7; i++) {
            y[i] += h * slope[i];
        }
        time += h;
    }
    reached_t end = { .mass = y[6], .time = time };
    memcpy(end.position, y, sizeof end.position), memcpy(end.velocity, y + 3, sizeof end.velocity);
    return end;
}

static fall_t numbers(const knowledge_t *know, double mass, double thrust, int engines, double until, double ground)
{
    return (fall_t){ .area = D->area * know->thickness, .mass = mass, .thrust = thrust * know->strength,
        .flow = thrust / D->exhaust, .exit_area = D->exit_area * engines, .burn_speed = until, .ground = ground, .know = know };
}

/* ---- the wind ---- */

/* Of the wind found at a height, what blows at another; above, the same. */
static double wind_share(double height, double found_at)
{
    const double low = height > D->least_wind_height ? height : D->least_wind_height;
    return low >= found_at ? 1.0 : pow(low / found_at, D->wind_power);
}

void reach_wind(const knowledge_t *know, double height, double out[2])
{
    const double share = wind_share(height, know->wind_height);
    out[0] = share * know->wind[0], out[1] = share * know->wind[1];
}

void reach_through_air(const knowledge_t *know, double height, const double velocity[3], double out[3])
{
    double wind[2];
    reach_wind(know, height, wind);
    out[0] = velocity[0] - wind[0], out[1] = velocity[1] - wind[1], out[2] = velocity[2];
}

void reach_learn_wind(knowledge_t *know, const double position[3], const double velocity[3], const double before[3],
    const double axis[3], double elapsed)
{
    const double height = position[2];
    double wind[2], u[3], flow[3], side[3], slope, growth, free[7];
    reach_wind(know, height, wind);
    reach_through_air(know, height, velocity, u);
    const double speed = sqrt(dot(u, u));
    scale(-1.0 / speed, u, flow);
    const double along = dot(flow, axis);
    add(flow, -along, axis, side);
    reach_lift(height, speed, know->mass, &slope, &growth);
    const double axial = reach_axial(height, speed), normal = slope + axial + growth * sqrt(dot(side, side));
    const double push = reach_dynamic_pressure(height, speed) * D->area * know->thickness / know->mass;
    const fall_t p = { .know = know, .mass = know->mass };
    const double y[7]
        = { position[0], position[1], position[2], velocity[0], velocity[1], velocity[2], know->mass };
    accelerate(&p, y, false, free);
    const double moves = push * normal / speed;
    const double gain = elapsed / D->wind_lag * moves / (moves * moves + D->wind_doubt * D->wind_doubt);
    for (int i = 0; i < 2; i++) {
        const double left
            = (velocity[i] - before[i]) / elapsed - free[3 + i] - push * (axial * along * axis[i] + normal * side[i]);
        know->wind[i] = clamp(wind[i] + gain * left, -D->most_wind, D->most_wind);
    }
    know->wind_height = height;
}

reached_t reach_fall(const knowledge_t *know, const double position[3], const double velocity[3], double ground,
    double burns_to, double delay)
{
    const double thrust = burns_to < 0.0 ? 0.0 : D->thrust * D->entry_engines;
    const double end = ground < position[2] - 1.0 ? ground : position[2] - 1.0;
    const fall_t p = numbers(know, know->mass, thrust, D->entry_engines, burns_to < 0.0 ? 0.0 : burns_to, end);
    return fly(&p, position, velocity, delay, D->fall_step);
}

reached_t reach_landing_burn(const knowledge_t *know, const double position[3], const double velocity[3], double mass,
    double throttle, double until, double delay)
{
    const fall_t p
        = numbers(know, mass, throttle * D->thrust * D->landing_engines, D->landing_engines, until, NO_GROUND);
    return fly(&p, position, velocity, delay, D->burn_step);
}

double reach_even_throttle(const knowledge_t *know, const double position[3], const double velocity[3], double height,
    double until)
{
    double low = D->least_even, high = 1.0;
    for (int i = 0; i < D->bisections; i++) {
        const double middle = 0.5 * (low + high);
        const reached_t end = reach_landing_burn(know, position, velocity, know->mass, middle, until, 0.0);
        if (end.position[2] > height) {
            high = middle;
        } else {
            low = middle;
        }
    }
    return high;
}
