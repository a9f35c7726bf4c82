"""The campaign's figures, as SVG text: price over reuse, maps, tornado, fleet, calendar, money."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from ...report import theme
from ...report.plots import figure_svg
from .campaign import CampaignResult
from .cash import CashFlow
from .explore import Bar, Exploration, PriceMap
from .simulation import YEAR, Flown

K = 1e-3
MOST_BARS = 16
NAMES = {
    "person_year": "cost of a person-year",
    "capacity": "payload capacity",
    "rate": "launch rate wanted",
    "factors.learning": "learning factor p",
    "factors.cost_engineering": "cost engineering f10",
    "factors.commercial": "commercial factor f11",
    "factors.team_experience": "team experience f3",
    "factors.schedule": "development schedule f6",
    "factors.development_standard": "development standard f1",
    "factors.profit": "profit",
    "factors.refurbishment.stage": "refurbishment of the stage, share",
    "factors.refurbishment.engine": "refurbishment of engines, share",
    "factors.operations_learning": "learning of operations",
    "costs.development.share": "share of development carried",
    "recovery.payload_fraction": "payload kept with recovery",
    "recovery.success": "landing success",
    "recovery.turnaround": "turnaround, within its range",
    "indirect_growth": "growth of indirect cost",
}


def shown_name(path: str) -> str:
    """A figure's path as people say it: ``elements.reusable stage.production.0`` is the production of a reusable stage."""
    if path in NAMES:
        return NAMES[path]
    head, *rest = path.split(".")
    if head == "elements":
        return f"{rest[1]} of {rest[0]}, a"
    if head == "propellants":
        return f"{rest[1]} of {rest[0]}"
    return (rest[-1] if rest else head).replace("_", " ")


def price_over_flights(explored: Sequence[Exploration]) -> str:
    """Price over the flights of a booster, low to high as a band, a panel for each constellation."""
    height = 2.9

    def draw(figure: Any) -> None:
        grid = _grid(figure, len(explored), height)
        for i, one in enumerate(explored):
            axes = figure.add_subplot(grid[0, i])
            x = np.array([p.flights for p in one.points], float)
            low, middle, high = (
                np.array([getattr(p.price, k) for p in one.points]) * K for k in ("low", "likely", "high")
            )
            axes.fill_between(x, low, high, color=theme.SERIES[0], alpha=0.16, linewidth=0, label="10 to 90 % of draws")
            axes.plot(x, middle, color=theme.SERIES[0], label="all figures likely")
            axes.plot(x, middle, ".", color=theme.SERIES[0], markersize=4)
            _levels(axes, one)
            axes.set_xscale("log")
            axes.set_xticks(x, [f"{v:.0f}" for v in x])
            axes.minorticks_off()
            axes.set_ylim(0.0, 1.12 * max(high.max(), one.today.market * K if one.today else 0.0))
            axes.set_xlabel("Flights of a booster, at most (1: expended)")
            axes.set_title(f"{one.name}: price, 1000 CNY/kg")
            if i == 0:
                axes.legend(loc="upper right", bbox_to_anchor=(1.0, 0.84))

    return figure_svg(draw, height=height)


def _levels(axes: Any, one: Exploration) -> None:
    lines = []
    if one.today is not None:
        lines.append((one.today.market, "today, as the market is said to be", theme.MUTED))
        lines.append((one.today.ours.likely, "today, by the relations", theme.SERIES[3]))
    if one.target is not None:
        lines.append((one.target, "target", theme.SERIES[2]))
    if one.relative_target is not None:
        lines.append((one.relative_target, "the same fall by the relations", theme.SERIES[2]))
    for value, text, colour in lines:
        dashed = text.startswith(("the same", "today, by"))
        axes.axhline(value * K, color=colour, linewidth=0.9, linestyle=(0, (4, 2)) if dashed else "-")
        axes.annotate(f"{text} {value * K:,.3g}", (0.01, value * K), xycoords=("axes fraction", "data"), xytext=(0, 2),
                      textcoords="offset points", color=colour, fontsize=theme.FONT_SIZE - 1.0)  # fmt: skip


def _grid(figure: Any, columns: int, height: float, **changes: float) -> Any:
    margins = {
        "left": 0.06,
        "right": 0.985,
        "top": 1.0 - 0.24 / height,
        "bottom": 0.42 / height,
        "wspace": 0.16,
    } | changes
    return figure.add_gridspec(1, columns, **margins)


def maps(explored: Sequence[Exploration], which: str) -> str:
    """The likely price over the flights of a booster and the rate or the turnaround, as cells with their numbers."""
    height = 2.95

    def draw(figure: Any) -> None:
        grid = _grid(figure, len(explored), height, left=0.075, wspace=0.2)
        found = [getattr(e, f"over_{which}") for e in explored]
        low, high = min(m.prices.min() for m in found) * K, max(m.prices.max() for m in found) * K
        for i, (one, grid_map) in enumerate(zip(explored, found, strict=True)):
            axes = figure.add_subplot(grid[0, i])
            _cells(axes, one, grid_map, low, high)
            axes.set_title(f"{one.name}: likely price, 1000 CNY/kg")
            axes.set_xlabel("Launches a year wanted" if which == "rate" else "Turnaround, days")
            if i == 0:
                axes.set_ylabel("Flights of a booster, at most")

    return figure_svg(draw, height=height)


def _cells(axes: Any, one: Exploration, found: PriceMap, low: float, high: float) -> None:
    from matplotlib.colors import LinearSegmentedColormap

    shades = LinearSegmentedColormap.from_list("price", ["#2c6e6a", "#cfe3df", "#f7efe0", "#d9804f"])
    prices = found.prices * K
    axes.grid(visible=False)
    axes.pcolormesh(
        np.arange(prices.shape[1] + 1), np.arange(prices.shape[0] + 1), prices, cmap=shades, vmin=low, vmax=high
    )
    for (i, j), value in np.ndenumerate(prices):
        dark = (value - low) / max(high - low, 1e-9) < 0.22
        met = one.target is not None and value < one.target * K
        axes.text(j + 0.5, i + 0.5, f"{value:.1f}", ha="center", va="center", fontsize=theme.FONT_SIZE - 1.0,
                  color="white" if dark else theme.INK, fontweight="bold" if met else "normal")  # fmt: skip
    scale = 365.25 * 86400.0 if found.axis == "rate" else 1.0 / 86400.0
    axes.set_xticks(np.arange(prices.shape[1]) + 0.5, [f"{v * scale:.0f}" for v in found.values])
    axes.set_yticks(np.arange(prices.shape[0]) + 0.5, [str(n) for n in found.flights])
    axes.tick_params(length=0)
    for side in ("left", "bottom"):
        axes.spines[side].set_visible(False)


def tornado(one: Exploration) -> str:
    """What moves the likely price most; the study's own choices in another colour."""
    bars: list[Bar] = list(one.bars[:MOST_BARS])
    height, width = 0.235 * len(bars) + 0.7, theme.FIGURE_WIDTH

    def draw(figure: Any) -> None:
        left = 0.31
        axes = figure.add_axes((left, 0.38 / height, 0.955 - left, 1.0 - 0.62 / height))
        span = max(max(b.low, b.high) for b in bars) - min(min(b.low, b.high) for b in bars)
        for i, bar in enumerate(bars):
            colour = theme.SERIES[1] if bar.choice else theme.SERIES[0]
            a, b = sorted(((bar.low, bar.low_text), (bar.high, bar.high_text)))
            axes.barh(i, (b[0] - a[0]) * K, left=a[0] * K, height=0.62, color=colour, linewidth=0)
            size = theme.FONT_SIZE - 1.2
            axes.text((a[0] - 0.008 * span) * K, i, a[1], ha="right", va="center", fontsize=size, color=theme.MUTED)
            axes.text((b[0] + 0.008 * span) * K, i, b[1], ha="left", va="center", fontsize=size, color=theme.MUTED)
        axes.axvline(one.base * K, color=theme.INK, linewidth=0.7)
        if one.target is not None:
            axes.axvline(one.target * K, color=theme.SERIES[2], linewidth=0.9)
            _over(axes, one.target, f"target {one.target * K:.3g}", theme.SERIES[2])
        _over(axes, one.base, f"{one.base * K:.3g}", theme.INK)
        axes.set_yticks(range(len(bars)), [shown_name(b.name) for b in bars])
        axes.tick_params(axis="y", length=0)
        axes.invert_yaxis()
        axes.grid(axis="y", visible=False)
        axes.spines["left"].set_visible(False)
        ends = [one.base, *(b.low for b in bars), *(b.high for b in bars)] + ([one.target] if one.target else [])
        pad = 0.1 * (max(ends) - min(ends))
        axes.set_xlim((min(ends) - pad) * K, (max(ends) + pad) * K)
        axes.set_xlabel("Likely price, 1000 CNY/kg; at the bar's ends the figure's value")

    return figure_svg(draw, height=height, width=width)


def _over(axes: Any, price: float, text: str, colour: str) -> None:
    """A word over the plot at a price."""
    axes.annotate(
        text, (price * K, 1.0), xycoords=("data", "axes fraction"), xytext=(0, 3), textcoords="offset points", ha="center",
        color=colour, fontsize=theme.FONT_SIZE - 0.5,
    )  # fmt: skip


def steps_figure(explored: Sequence[Exploration]) -> str:
    """From today's programme to the campaign and beyond, a panel for each constellation."""
    rows = max(len(e.steps) for e in explored)
    height = 0.3 * rows + 0.7

    def draw(figure: Any) -> None:
        grid = _grid(figure, len(explored), height, left=0.32, wspace=0.1)
        for i, one in enumerate(explored):
            axes = figure.add_subplot(grid[0, i])
            prices = [s.price * K for s in one.steps]
            axes.barh(range(len(prices)), prices, height=0.62, linewidth=0,
                      color=[theme.SERIES[3], *[theme.SERIES[0]] * (len(prices) - 1)])  # fmt: skip
            for j, price in enumerate(prices):
                axes.text(price + 0.6, j, f"{price:.1f}", va="center", fontsize=theme.FONT_SIZE - 0.5)
            if one.target is not None:
                axes.axvline(one.target * K, color=theme.SERIES[2], linewidth=0.9)
            axes.set_yticks(range(len(prices)), [_short(s.name) for s in one.steps] if i == 0 else [""] * len(prices))
            axes.tick_params(axis="y", length=0)
            axes.invert_yaxis()
            axes.grid(axis="y", visible=False)
            axes.spines["left"].set_visible(False)
            axes.set_xlim(0, 1.12 * max(s.price for e in explored for s in e.steps) * K)
            axes.set_xlabel("Likely price, 1000 CNY/kg")
            axes.set_title(one.name)

    return figure_svg(draw, height=height)


def _short(name: str) -> str:
    return "all launches in one series" if name.endswith("in one series") else name


def fleet_figure(name: str, flown: Flown) -> str:
    """Every booster's life: when it was built, its flights, how it ended."""
    serials = len(flown.built)
    height = 0.7 + min(0.135 * serials, 4.6)

    def draw(figure: Any) -> None:
        axes = figure.add_axes((0.06, 0.4 / height, 0.925, 1.0 - 0.68 / height))
        for serial, built in enumerate(flown.built, start=1):
            own = flown.serial == serial
            end = flown.time[own][-1] if own.any() else built
            axes.plot([built / YEAR, end / YEAR], [serial, serial], color=theme.HAIRLINE, linewidth=0.9, zorder=1)
            if not own.any():
                continue
            times = flown.time[own] / YEAR
            axes.plot(times, np.full(len(times), serial), "o", markersize=2.6, color=theme.SERIES[0], zorder=2)
            last = np.flatnonzero(own)[-1]
            if not flown.success[last]:
                axes.plot(times[-1:], [serial], "X", markersize=5.5, color=theme.SERIES[1], zorder=3)
            elif not flown.landed[last] and flown.flight[last] < flown.flight.max():
                axes.plot(times[-1:], [serial], "v", markersize=4.5, color=theme.SERIES[1], zorder=3)
        for marker, colour, text in (("o", theme.SERIES[0], "flight"), ("v", theme.SERIES[1], "lost at landing"),
                                     ("X", theme.SERIES[1], "lost in ascent")):  # fmt: skip
            axes.plot([], [], marker, color=colour, markersize=4, linestyle="none", label=text)
        axes.legend(loc="lower right", bbox_to_anchor=(1.0, 1.0), ncols=3, handletextpad=0.2)
        axes.set_ylim(serials + 0.8, 0.2)
        axes.set_xlim(0, flown.time[-1] / YEAR * 1.01)
        axes.set_xlabel("Years since the first day")
        axes.set_ylabel("Booster, by serial")
        axes.grid(axis="y", visible=False)
        axes.set_title(name)

    return figure_svg(draw, height=height)


def calendar_figure(results: Sequence[CampaignResult], campaigns: Sequence[Sequence[Flown]], per_launch: int) -> str:
    """Satellites in orbit over time: every campaign drawn thin, the likely one bold."""
    height = 2.3

    def draw(figure: Any) -> None:
        grid = _grid(figure, len(results), height)
        for i, (result, flights) in enumerate(zip(results, campaigns, strict=True)):
            axes = figure.add_subplot(grid[0, i])
            for n, flown in enumerate(flights):
                placed = np.minimum(np.cumsum(flown.success) * per_launch, result.satellites)
                likely = n == 0
                axes.step(flown.time / YEAR, placed, where="post", zorder=2 if likely else 1,
                          color=theme.SERIES[0] if likely else theme.HAIRLINE, linewidth=1.4 if likely else 0.35)  # fmt: skip
            axes.set_xlim(0, max(f.time[-1] for f in flights) / YEAR)
            axes.set_ylim(0, None)
            axes.set_xlabel("Years since the first day")
            axes.set_title(f"{result.name} in orbit")

    return figure_svg(draw, height=height)


def cash_figure(names: Sequence[str], flows: Sequence[CashFlow], target: float | None) -> str:
    """Expense a year by kind, and the balance when each kilogram is paid at the break-even price, and at the target."""
    height = 2.6
    groups = {
        "development": ("development",),
        "vehicles": ("boosters built", "upper stages", "fairings"),
        "reuse": ("refurbishment", "recovery"),
        "operations": ("ground operations", "mission operations", "propellant", "indirect", "insurance and fees"),
    }

    def draw(figure: Any) -> None:
        grid = _grid(figure, len(flows), height)
        for i, (name, flow) in enumerate(zip(names, flows, strict=True)):
            axes = figure.add_subplot(grid[0, i])
            time = flow.month / YEAR
            year = np.floor(time - 1e-9)
            years = np.unique(year)
            begin = np.zeros(len(years))
            for k, (group, members) in enumerate(groups.items()):
                spent = flow.spent[[flow.categories.index(m) for m in members]].sum(axis=0)
                bars = np.array([spent[year == y].sum() for y in years]) * 1e-9
                axes.bar(
                    years + 0.5,
                    bars,
                    bottom=begin,
                    width=0.82,
                    linewidth=0,
                    label=group,
                    color=theme.SERIES[(0, 4, 2, 5)[k]],
                )
                begin += bars
            balance = flow.balance(flow.break_even()) * 1e-9
            axes.plot(time, balance, color=theme.INK, linewidth=1.1, label=f"balance at {flow.break_even() * K:.3g}")
            if target is not None:
                axes.plot(time, flow.balance(target) * 1e-9, color=theme.INK, linewidth=0.9, linestyle=(0, (4, 2)),
                          label=f"balance at {target * K:.3g}")  # fmt: skip
            axes.axhline(0.0, color=theme.MUTED, linewidth=0.6)
            axes.set_xlabel("Years since the first day")
            axes.set_title(f"{name}: expense a year and balance, GCNY")
            axes.legend(loc="upper left", ncols=2, columnspacing=1.0)
            top = max(
                float(begin.max()), float(balance.max()), float(flow.balance(target).max()) * 1e-9 if target else 0.0
            )
            axes.set_ylim(None, 1.45 * top)

    return figure_svg(draw, height=height)
