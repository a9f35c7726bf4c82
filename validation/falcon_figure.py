"""The picture of flights beside their records.

`python -m osea_rocket.validation.falcon_figure docs/images/falcon-flights.png` makes it again where the records are present.
"""

import json
import sys
from typing import Any

import numpy as np

from ..report import theme
from .falcon_flights import RECORDS, Flown
from .falcon_table import fly_all
from .picture import write_picture

_FOLDERS = {"SpaceX CRS-11": "crs-11", "SpaceX CRS-12": "crs-12"}
_UNTIL = 200.0  # s


def recorded_track(name: str) -> dict[str, list[float]] | None:
    """The recorded track of a flight, one point a second; None where only its events are kept."""
    path = RECORDS / _FOLDERS.get(name, name.lower().replace(" ", "-")) / "analysed.json"
    return json.loads(path.read_text(encoding="utf-8")) if path.is_file() else None


def draw(figure: Any, flown: list[Flown]) -> None:
    """Speed above, altitude below, a column for each flight; the record behind."""
    panels = figure.subplots(2, len(flown), sharex=True, sharey="row", squeeze=False)
    for column, flight in zip(panels.T, flown, strict=True):
        track = np.array(flight.track)
        record = recorded_track(flight.name)
        assert record is not None  # only such flights are drawn
        time = np.array(record["time"])
        theirs = (np.array(record["velocity"]), np.array(record["altitude"]))
        for axes, i, real in zip(column, (1, 2), theirs, strict=True):
            ours = track[:, i] / (1.0 if i == 1 else 1e3)
            shown, known = track[:, 0] <= _UNTIL, time <= _UNTIL
            axes.plot(time[known], real[known], color=theme.HAIRLINE, linewidth=4.0, label="recorded (first stage)")
            axes.plot(track[shown, 0], ours[shown], color=theme.SERIES[0], label="computed")
        column[0].set_title(flight.name)
        column[1].set_xlabel("broadcast's clock, s")
    panels[0, 0].set_ylabel("speed, m/s")
    panels[1, 0].set_ylabel("altitude, km")
    panels[0, 0].legend(loc="upper left")
    figure.tight_layout()


def main(target: str) -> None:
    """Write the picture of the flights whose tracks are there."""
    flown = [f for f in fly_all() if not f.error and recorded_track(f.name) is not None]
    write_picture(target, 4.2, lambda figure: draw(figure, flown))


if __name__ == "__main__":
    main(sys.argv[1])
