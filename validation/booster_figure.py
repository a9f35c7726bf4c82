"""The picture of boosters' returns over their recorded tracks, with the optimum beside them.

`python -m osea_rocket.validation.booster_figure docs/images/booster-returns.png` makes it again where the records are present.
"""

import sys
from typing import Any

import numpy as np

from ..report import theme
from .booster_tracks import Track, cases, fly, record_of
from .picture import write_picture


def draw(figure: Any, tracks: list[Track]) -> None:
    """Altitude over downrange, speed and altitude over time, a column for each flight; the record behind, events as dots."""
    panels = figure.subplots(3, len(tracks), sharey="row", squeeze=False)
    known = {c["flight"]: c for c in cases()["flights"]}
    for column, track in zip(panels.T, tracks, strict=True):
        record = record_of(known[track.name])
        meco, landed = float(record["events"]["meco"]), float(record["events"]["landing_end"])
        time = np.array(record["time"])
        shown = (time >= meco - 20.0) & (time <= landed)
        speed, altitude, downrange = (
            np.array(record[n])[shown] for n in ("velocity", "altitude", "downrange_distance")
        )
        assert track.flown is not None  # only such tracks are drawn
        ours = track.flown.samples
        for axes, theirs, x, y, size in (
            (column[0], (downrange, altitude), ours[:, 3] / 1e3, ours[:, 2] / 1e3, (3, 2, 1e3, 1e3)),
            (column[1], (time[shown], speed), ours[:, 0], ours[:, 1], (0, 1, 1.0, 1.0)),
            (column[2], (time[shown], altitude), ours[:, 0], ours[:, 2] / 1e3, (0, 2, 1.0, 1e3)),
        ):
            axes.plot(*theirs, color=theme.HAIRLINE, linewidth=4.0, label="recorded")
            axes.plot(x, y, color=theme.SERIES[0], label="flown with the recorded burns")
            if track.optimum is not None:
                i, j, a, b = size
                best = track.optimum
                axes.plot(
                    best[:, i] / a, best[:, j] / b, color=theme.SERIES[1], linestyle="dashed", label="least propellant"
                )
        at = [i.time for i in track.instants]
        column[1].plot(at, [i.recorded_speed for i in track.instants], ".", color=theme.INK, label="events compared")
        column[2].plot(at, [i.recorded_altitude / 1e3 for i in track.instants], ".", color=theme.INK)
        column[0].set_title(track.name)
        column[0].set_xlabel("downrange, km")
        for axes in column[1:]:
            axes.set_xlabel("time after lift-off, s")
    for axes, name in zip(panels[:, 0], ("altitude, km", "speed, m/s", "altitude, km"), strict=True):
        axes.set_ylabel(name)
        axes.set_ylim(bottom=0.0)
    handles, labels = panels[1, 0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="lower center", ncols=4)
    figure.tight_layout(rect=(0.0, 0.04, 1.0, 1.0))


def main(target: str) -> None:
    """Fly the boosters whose tracks are kept, and write the picture."""
    tracks = [t for t in map(fly, cases()["flights"]) if not t.error]
    write_picture(target, 6.6, lambda figure: draw(figure, tracks))


if __name__ == "__main__":
    main(sys.argv[1])
