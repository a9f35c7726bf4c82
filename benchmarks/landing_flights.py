"""Many dispersed landings: `python benchmarks/landing_flights.py RUN... [--note TEXT] [--write]`.

RUN: run folders of `osea land examples/landing/study.yaml -n N --first K`, of one input and seeds of their own;
so a thousand can be flown in parts.
"""

import argparse
import sys
from datetime import date
from pathlib import Path

import numpy as np

from osea_rocket.core.documents import load_document
from osea_rocket.core.run_folder import read_result
from osea_rocket.recovery.descent_document import LandingStudy
from osea_rocket.studies.landing_run import COLUMNS, LandingResult
from osea_rocket.trajectory.dispersion.order_statistics import proportion

HERE = Path(__file__).parent
STUDY = HERE.parent / "examples" / "landing" / "study.yaml"


def together(parts: list[LandingResult]) -> LandingResult:
    """All flights of runs of one input, each seed once."""
    if len({p.input_hash for p in parts}) != 1:
        raise SystemExit("the runs are of different inputs")
    seeds = np.concatenate([p.seeds for p in parts])
    if len(set(seeds.tolist())) != len(seeds):
        raise SystemExit("a seed was flown twice")
    order = np.argsort(seeds)
    verdicts = [v for p in parts for v in p.verdicts]
    names = sorted({n for p in parts for n in p.outcomes})
    return LandingResult(
        input_hash=parts[0].input_hash,
        seeds=seeds[order],
        verdicts=tuple(verdicts[i] for i in order),
        outcomes=tuple(names),
        counts=np.array([sum(dict(zip(p.outcomes, p.counts, strict=True)).get(n, 0) for p in parts) for n in names]),
        **{n: np.concatenate([getattr(p, n) for p in parts])[order] for n in COLUMNS},  # type: ignore[arg-type]
    )


def page(study: LandingStudy, r: LandingResult, note: str = "") -> str:
    limits = study.booster.legs.limits
    landed, flights = int(r.landed.sum()), len(r.seeds)
    low, high = proportion(landed, flights, 0.9)
    measures = [
        ("distance from the middle, m", np.hypot(r.x, r.y), limits.position),
        ("sink rate, m/s", r.vertical_speed, limits.vertical_speed),
        ("speed across, m/s", r.lateral_speed, limits.lateral_speed),
        ("tilt, deg", np.degrees(r.tilt), np.degrees(limits.tilt)),
        ("stroke of the legs, m", r.stroke, study.booster.legs.stroke),
    ]
    lines = [
        "# Dispersed landings with six degrees of freedom\n",
        f"Made by `python benchmarks/landing_flights.py RUN… --write` ({date.today()}) from run folders of",
        "`osea land examples/landing/study.yaml -n N --first K`.",
        *([note] if note else []),
        "",
        f"**{landed} of {flights} flights ({landed / flights:.1%}) touched down within the legs' limits**",
        f"(aim: 99 %; 90 % sure of {low:.2%} to {high:.2%}).",
        f"Seeds {int(r.seeds[0])} to {int(r.seeds[-1])}; input sha256 `{r.input_hash[:16]}`.",
        "",
        "| At touchdown | Median | 95 % | 99 % | Largest | Limit |",
        "|---|---|---|---|---|---|",
    ]
    for name, values, limit in measures:
        shown = " | ".join(f"{v:.2f}" for v in np.percentile(values, [50, 95, 99, 100]))
        lines.append(f"| {name} | {shown} | {limit:.2f} |")
    if r.ellipse is not None:
        e = r.ellipse
        lines += ["", f"The 99 % ellipse of the landed ones has half-axes of {e.major:.1f} and {e.minor:.1f} m about "]
        lines[-1] += f"({e.centre[0]:.1f}, {e.centre[1]:.1f}) m."
        lines.append(f"Least propellant left: {r.propellant[r.landed].min():.0f} kg.")
    lines += [
        "",
        "Answers of the convex guidance: "
        + ", ".join(f"{n} {int(k)}" for n, k in zip(r.outcomes, r.counts, strict=True))
        + ".",
    ]
    if r.classes:
        lines += [
            "",
            "| Failure | Flights | Seeds (`osea land examples/landing/study.yaml --seed S`) |",
            "|---|---|---|",
        ]
        lines += [f"| {v} | {len(s)} | {', '.join(map(str, s))} |" for v, s in r.classes.items()]
    return "\n".join(lines) + "\n"


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("runs", nargs="+", type=Path)
    parser.add_argument("--note", default="", help="a sentence of which law flew, and what was flown before")
    parser.add_argument("--write", action="store_true")
    options = parser.parse_args()
    study = load_document(LandingStudy, STUDY)
    found = together([read_result(p, "landing", LandingResult) for p in options.runs])
    if found.input_hash != study.content_hash():
        raise SystemExit("the runs are not of the study as it is now")
    text = page(study, found, options.note)
    print(text)
    if options.write:
        (HERE / "landing_flights.md").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
