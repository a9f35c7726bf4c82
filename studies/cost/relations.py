"""The TRANSCOST relations: development, production with learning, operations, recovery. Masses in kg, costs in person-years.

D. E. Koelle, *Handbook of Cost Engineering* (TRANSCOST 8.2, rev. 4b, 2013), as written in the public code mvernacc/lvreuse
(commit e2ac6ac); coefficients and their ranges stand in data/transcost.yaml. Every argument may be an array.
"""

import numpy as np

from ...core.numeric import equation

FEWEST_LAUNCHES = 3.0
"""A year: below it the relations of operations are not valid."""


@equation
def by_mass(a, x, mass):
    """Cost [person-years] of developing an element of *mass* [kg], or of building the first one: a M^x, before any factor."""
    return a * mass**x


@equation
def qualification(firings):
    """Technical quality f2 of a pump-fed engine from its qualification firings."""
    return 0.026 * np.log(firings) ** 2


@equation
def learning(serial, p):
    """Cost of the unit *serial* (from 1) over that of the first; *p*: the cost falls to it at every doubling (Wright's curve)."""
    return serial ** (np.log(p) / np.log(2.0))


def learning_sum(before, count, p):
    """Cost of *count* units that follow *before* earlier ones, in costs of the first; of a part of a unit its part, so that sizes
    between two whole numbers of engines are costed smoothly. p: a number or (n,), as is what returns."""
    whole = int(np.ceil(count - 1e-9))
    serials = before + np.arange(1, whole + 1, dtype=float)
    costs = learning(serials[:, None], np.atleast_1d(p)) if np.ndim(p) else learning(serials, p)
    if whole > count:
        costs[-1] = costs[-1] * (count - whole + 1)
    return costs.sum(axis=0) if np.ndim(p) else float(costs.sum())


@equation
def ground_operations(liftoff_mass, launches_per_year, stages, vehicle, assembly):
    """Pre-launch work of one launch [person-years], before learning and country.

    liftoff_mass [kg]; vehicle fv: 1 cryogenic and expendable, 0.8 storable, 0.7 reusable; assembly fc: 1 on the pad, 0.7 upright
    and rolled out, 0.5 lying. Valid from three launches a year.
    """
    return 8.0 * (liftoff_mass / 1000.0) ** 0.67 * launches_per_year**-0.9 * stages**0.7 * vehicle * assembly


@equation
def mission_operations(stages, launches_per_year):
    """Flight and mission work of one launch [person-years]. stages: the sum of Q, 0.4 an expendable stage, 1 a recovered one."""
    return 20.0 * stages * launches_per_year**-0.65


@equation
def sea_recovery(recovered_mass, recoveries_per_year):
    """Bringing one stage of *recovered_mass* [kg] home from the sea [person-years]."""
    year = 7.0 * recoveries_per_year**0.7 + (recovered_mass / 1000.0) ** 0.83
    return 1.5 / recoveries_per_year * year


def indirect(table, launches_per_year, growth):
    """Indirect cost of one launch [person-years]. table (12,): at 1 to 12 launches a year, interpolated between.

    Beyond twelve the yearly total grows with the rate's power *growth* (0: it stays, 1: cost a launch stays): not TRANSCOST's.
    """
    last = len(table)
    inside = np.interp(launches_per_year, np.arange(1, last + 1), table)
    return inside * np.maximum(launches_per_year / last, 1.0) ** (growth - 1.0)
