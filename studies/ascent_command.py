"""What `osea ascent` does: the flight of a study, its tables, launch data, maps and report."""

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..core.documents import load_document
from ..core.findings import refusal
from ..core.progress import Progress, RichProgress
from ..core.run_folder import RunFolder
from .ascend import ascend, ignored_payload
from .ascent_summary import ascent_summary
from .documents import Study
from .flight_data import FLIGHT_STEPS, flight_data

if TYPE_CHECKING:
    from ..recovery.booster_return_document import Mode

STEPS = {"read": 1.5, "engines": 0.5, "vehicle": 0.5, "ascent": 6.0, "flight": 1.5, **FLIGHT_STEPS, "report": 3.0}


def run_ascent(
    path: Path, out: Path | None, *, quiet: bool = False, recover: "Mode | None" = None
) -> tuple[dict[str, Any], str]:
    """Fly a study and publish its run folder; returns (summary as plain data, the same for people).

    recover: how the booster comes back; the study's own way when None.
    A finding of ERROR makes the data's exit_code 1; the run is published all the same.
    """
    from .ascent_figures import ascent_figures
    from .ascent_files import write_flight
    from .ascent_report import ascent_report
    from .provenance import recalled, unsourced
    from .return_figures import return_figures, return_in_words, return_summary, write_return

    progress = Progress() if quiet else RichProgress(STEPS)
    try:
        with progress.step("read"):
            study = load_document(Study, path)
        folder = out or Path("out") / (re.sub(r"\W+", "-", study.name.lower()).strip("-") or path.stem)
        with RunFolder(folder, "ascent", study) as run:
            flight = flight_data(ascend(study, progress, recover), progress)
            back = flight.flown.returned
            more = (*unsourced(study), *recalled(study), *ignored_payload(study))
            findings = tuple(dict.fromkeys((*flight.findings, *more)))
            with progress.step("report"):
                write_flight(flight, run)
                drawn = ascent_figures(flight)
                if back is not None:
                    write_return(back, run)
                    drawn |= return_figures(flight.study, flight.ascent, back)
                for name, svg in drawn.items():
                    run.write_text(f"figures/{name}.svg", svg)
                run.write_text("report.html", ascent_report(flight, findings, drawn).html())
            run.publish()
    finally:
        progress.close()
    data, text = ascent_summary(study, flight.ascent, findings)
    if back is not None:
        data["return"] = return_summary(back)
        text += f"\n\n  {return_in_words(back)}"
    data |= {"run": str(folder), "report": str(folder / "report.html")}
    data |= refusal(findings)  # the run stands, with its report; the answer is no
    return data, f"{text}\n\n  report  {folder / 'report.html'}"
