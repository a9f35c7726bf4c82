"""What a sweep says as a trade study: the values of its goals, the front of what nothing beats, and the figures of both."""

from dataclasses import dataclass

import numpy as np

from ..report.pieces import Column, Figure, Table, Text
from ..report.trades import Quantity, carpet_plot, parallel_coordinates, pareto_plot
from .sweep import Goal, Outcome, Sweep
from .sweep_run import AxisValues, Flight, SweepResult

UNITS: dict[Outcome, str] = {
    "payload": "t",
    "lift-off mass": "t",
    "lift-off mass per payload": "kg/kg",
    "cost": "M$",
    "cost per kg": "$/kg",
    "largest acceleration": "m/s²",
}
ALIKE = 1e-9  # relative: values that differ by less are one


@dataclass(frozen=True)
class Trade:
    """goals: those whose outcome is known and varies. flights: those that have all of them; values (flights, goals), as written;
    front: places in flights of what no other flight beats."""

    goals: tuple[Goal, ...]
    flights: tuple[Flight, ...]
    values: np.ndarray
    front: np.ndarray


def outcome_of(flight: Flight, outcome: Outcome) -> float:
    """In the unit of UNITS; nan where it is not known."""
    nan = float("nan")
    payload, liftoff, cost = (nan if v is None else v for v in (flight.payload_mass, flight.liftoff_mass, flight.cost))
    load = flight.largest_acceleration
    known: dict[Outcome, float] = {
        "payload": payload / 1e3,
        "lift-off mass": liftoff / 1e3,
        "lift-off mass per payload": liftoff / payload if payload else nan,
        "cost": cost,
        "cost per kg": 1e6 * cost / payload if payload else nan,
        "largest acceleration": nan if load is None else load,
    }
    return known[outcome]


def trade(sweep: Sweep, result: SweepResult) -> Trade | None:
    """The trade study of a sweep; None where no goal's outcome varies."""
    done = tuple(f for f in result.flights if f.status == "done")
    table = np.array([[outcome_of(f, g.outcome) for g in sweep.goals] for f in done]).reshape(
        len(done), len(sweep.goals)
    )
    varies = [k for k in range(len(sweep.goals)) if _varies(table[:, k])]
    if not varies:
        return None
    whole = np.flatnonzero(np.isfinite(table[:, varies]).all(axis=1))
    goals = tuple(sweep.goals[k] for k in varies)
    values = table[whole][:, varies]
    signed = values * [-1.0 if g.most else 1.0 for g in goals]
    flights = tuple(done[k] for k in whole)
    return Trade(goals, flights, values, pareto_front(signed)) if flights else None


def _varies(column: np.ndarray) -> bool:
    known = column[np.isfinite(column)]
    return len(known) > 1 and bool(np.ptp(known) > 1e-6 * np.abs(known).max())


def pareto_front(values: np.ndarray) -> np.ndarray:
    """Places of the rows (n, goals) that no row beats: is no larger in any and smaller in one. All goals are to be small."""
    slack = ALIKE * np.abs(values).max(axis=0)
    kept = []
    for k, row in enumerate(values):
        no_worse = (values <= row + slack).all(axis=1)
        better = (values < row - slack).any(axis=1)
        if not (no_worse & better).any():
            kept.append(k)
    return np.array(kept, int)


def trade_figures(result: SweepResult, found: Trade) -> list[tuple[str, str]]:
    """(SVG, caption): the front of the first two goals, parallel coordinates, and a carpet where two axes are numbers."""
    goals = [_quantity(g, found.values[:, k]) for k, g in enumerate(found.goals)]
    drawn = []
    if len(goals) > 1:
        signs = [-1.0 if g.most else 1.0 for g in found.goals[:2]]
        joined = np.intersect1d(pareto_front(found.values[:, :2] * signs), found.front)
        labels = [", ".join(found.flights[k].values) for k in found.front]
        text = f"{goals[1].label} against {goals[0].label}; beside the front: {', '.join(a.name for a in result.axes)}."
        if len(goals) > 2:
            text += f" What is best by {' or '.join(g.outcome for g in found.goals[2:])} too stands off the line."
        drawn.append((pareto_plot(goals[0], goals[1], found.front, joined=joined, front_labels=labels), text))
    if len(found.flights) > 2:
        lines = [_axis(a, k, found.flights) for k, a in enumerate(result.axes)]
        thick = found.front if len(found.front) < len(found.flights) else ()
        text = f"Every flight through all that varies; colour: {goals[0].label}; thick: what no other flight beats."
        drawn.append((parallel_coordinates([*lines, *goals], colour_by=len(lines), front=thick), text))
    carpet = _carpet(result, found.goals[0])
    return [*drawn, carpet] if carpet is not None else drawn


def _quantity(goal: Goal, values: np.ndarray) -> Quantity:
    return Quantity(f"{_capital(goal.outcome)}, {UNITS[goal.outcome]}", values)


def _axis(axis: AxisValues, place: int, flights: tuple[Flight, ...]) -> Quantity:
    at = [axis.values.index(f.values[place]) for f in flights]
    label = f"{_capital(axis.name)}{f', {axis.unit}' if axis.unit else ''}"
    if axis.numbers is not None:
        return Quantity(label, np.array([axis.numbers[k] for k in at]))
    return Quantity(label, np.array(at, float), tuple((float(k), v) for k, v in enumerate(axis.values)))


def _carpet(result: SweepResult, goal: Goal) -> tuple[str, str] | None:
    """Of the first two axes, the others at their first values; None where these are no numbers, or one value only."""
    if len(result.axes) < 2:
        return None
    a, b, *_ = result.axes
    if a.numbers is None or b.numbers is None or min(len(set(a.numbers)), len(set(b.numbers))) < 2:
        return None
    shape = [len(x.values) for x in result.axes]
    values = np.array([outcome_of(f, goal.outcome) for f in result.flights]).reshape(shape)
    block = values[(slice(None), slice(None), *(0 for _ in shape[2:]))]
    if not np.isfinite(block).any():
        return None
    labels = [f"{x.name}{f', {x.unit}' if x.unit else ''}" for x in (a, b)]
    fixed = "; ".join(f"{x.name} {x.values[0]}" for x in result.axes[2:])
    text = f"{_capital(goal.outcome)} over {a.name} and {b.name} at once{f', for {fixed}' if fixed else ''}; points were flown."
    unit = UNITS[goal.outcome]
    return carpet_plot((labels[0], a.numbers), (labels[1], b.numbers), block, f"{_capital(goal.outcome)}, {unit}"), text


def trade_section(result: SweepResult, found: Trade, drawn: list[tuple[str, str]]) -> list[Text | Figure | Table]:
    """The report's pieces: what is sought, the figures, the front in numbers."""
    wanted = "; ".join(f"{'most' if g.most else 'least'} {g.outcome}" for g in found.goals)
    text = f"Sought: {wanted}. {len(found.front)} of {len(found.flights)} flights are beaten by no other."
    columns = (
        *(Column(_capital(a.name), align="right") for a in result.axes),
        *(Column(_capital(g.outcome), UNITS[g.outcome], digits=5) for g in found.goals),
    )
    order = found.front[np.argsort(found.values[found.front, 0], kind="stable")]
    rows = [(*found.flights[k].values, *map(float, found.values[k])) for k in order]
    table = Table(columns, rows, "What no other flight beats.", label="front")
    return [Text(text), *(Figure(svg, caption, label=f"trade-{n}") for n, (svg, caption) in enumerate(drawn)), table]


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
