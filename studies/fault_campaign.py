"""`osea hil campaign`: a campaign of faults flown unattended, one run after another."""

import json
import re
import sys
import time
from collections.abc import Generator, Iterator, Sequence
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from xml.etree import ElementTree as ET

from ..core.documents import load_document
from ..core.errors import ImpossibleError, InputError, UndecidedError
from ..core.progress import Progress, RichProgress
from ..core.run_folder import RunFolder
from ..hil.fault_campaign import OUTCOMES, CampaignResult, Case, CaseRun, FaultCampaign
from ..hil.run import INTERRUPTED, BenchRun
from .bench import BENCH_STEPS, BenchCase, bench_case
from .fault_campaign_flights import STOP, Errand, fly_case, fly_in_worker, on_own_ports
from .fault_campaign_report import campaign_report
from .pool import shared_out

_DONE = "runs.jsonl"
_COLUMNS = (
    "case", "seed", "outcome", "stated", "agrees", "requirements", "status", "end_time_s", "phase", "state", "health",
    "perigee_m", "apogee_m", "exchanges", "host_time_s",
)  # fmt: skip

Flights = Generator[CaseRun, None, None]


def run_campaign(
    path: Path, out: Path | None, *, start: str | None = None, bind: bool = False, resume: bool = False, record: bool = False,
    only: tuple[str, ...] = (), seeds: int | None = None, workers: int = 1, quiet: bool = False,
) -> tuple[dict[str, Any], str]:  # fmt: skip
    """Fly every case of a campaign and publish its run folder; (summary as plain data, the same for people).

    start: a command that starts the flight computer, anew for each run. resume: take up what an interrupted campaign of the
    same input has left; only: names of cases, the others stay unflown; seeds: fly each case with seeds 0, 1, … of this number
    in place of the document's. workers: benches at a time, each a process with ports of its own (`on_own_ports`).
    An outcome that is not the stated one, or a requirement that fails, makes the data's exit_code 1; one that was not shown 3.
    """
    campaign = load_document(FaultCampaign, path)
    unknown = [name for name in only if name not in {c.name for c in campaign.cases}]
    if unknown:
        raise InputError(
            f"there is no case '{unknown[0]}'; there are {', '.join(c.name for c in campaign.cases)}", where=str(path)
        )
    if workers > 1:
        on_own_ports(campaign.bench, start, workers - 1)  # what cannot be had twice is told before anything flies
    runs = campaign.runs() if seeds is None else [(c, s) for c in campaign.cases for s in range(seeds)]
    wanted = [(c, s) for c, s in runs if not only or c.name in only]
    names = [f"flight {k + 1} of {len(wanted)}" for k in range(len(wanted))]
    progress = Progress() if quiet else RichProgress(BENCH_STEPS | dict.fromkeys(names, 20.0) | {"report": 2.0})
    folder = out or Path("out") / (re.sub(r"\W+", "-", campaign.name.lower()).strip("-") or path.stem)
    try:
        made = bench_case(campaign.bench, progress)
        with (
            RunFolder(folder, "hil-campaign", campaign, keep=True, resume=resume) as run,
            TemporaryDirectory() as benches,
        ):
            done = _read(run.read_text(_DONE) if resume else None)
            run.write_text(_DONE, "".join(map(_line, done.values())))  # without a line that was cut short
            left = [(c, s) for c, s in wanted if (c.name, s) not in done]
            errand = Errand(
                path.resolve(), campaign.content_hash(), made.case, made.empty_mass, start, bind,
                run.partial / "recordings" if record else None, Path(benches) if workers > 1 else None,
            )  # fmt: skip
            told = _Told(names[len(wanted) - len(left) :], progress, quiet)
            flights = (
                _beside(errand, made, left, workers) if workers > 1 else _in_turn(errand, made, campaign, left, told)
            )
            with closing(flights):  # whatever ends this ends the flights under way before their folder goes
                for flown in told.each(flights):
                    done[flown.case, flown.seed] = flown
                    run.append_text(_DONE, _line(flown))
            result = CampaignResult(campaign=campaign.name, runs=tuple(done[c.name, s] for c, s in wanted))
            with progress.step("report"):
                run.write_result("campaign", result)
                run.write_table("runs", _COLUMNS, map(_row, result.runs))
                run.write_text("junit.xml", junit(result))
                run.write_text("report.html", campaign_report(campaign, result).html())
            run.publish()
    finally:
        progress.close()
    data, text = summary(result)
    data |= {"run": str(folder), "report": str(folder / "report.html")}
    return data, f"{text}\n\n  report  {folder / 'report.html'}"


def _beside(errand: Errand, made: BenchCase, left: Sequence[tuple[Case, int]], workers: int) -> Flights:
    """Flights as they end, several at a time."""
    pieces = [(k, c.name, s, made.flying(s).parameters) for k, (c, s) in enumerate(left)]
    benches = errand.benches
    assert benches is not None
    yield from shared_out(fly_in_worker, errand, pieces, jobs=workers, given_up=(benches / STOP).touch)


def _in_turn(
    errand: Errand, made: BenchCase, campaign: FaultCampaign, left: Sequence[tuple[Case, int]], told: "_Told"
) -> Flights:
    """One flight after another, on the document's own ports. Raises KeyboardInterrupt when a flight was interrupted."""
    for case, seed in left:

        def note(run: BenchRun, name: str = case.name) -> None:
            told.note(f"{name}, {run.plant.time:.0f} s")

        flown = fly_case(errand, campaign, case, seed, made.flying(seed).parameters, note)
        if flown.status == INTERRUPTED:
            raise KeyboardInterrupt
        yield flown


class _Told:
    """What is told of a campaign under way: a step of the bar for each flight, and the time left by the flights' own pace; where
    there is no terminal, a line for each flight."""

    def __init__(self, names: Sequence[str], progress: Progress, quiet: bool) -> None:
        self._names, self._progress = names, progress
        self._lines = not quiet and not sys.stderr.isatty()
        self._left = ""

    def note(self, text: str) -> None:
        """Of the flight under way."""
        self._progress.note(f"{self._left}{text}")

    def each(self, flights: Iterator[CaseRun]) -> Iterator[CaseRun]:
        """The flights, each told when it has ended."""
        began = time.monotonic()
        for k, name in enumerate(self._names):
            with self._progress.step(name):
                self.note("")
                flown = next(flights)
            pace = (time.monotonic() - began) / (k + 1)
            minutes = pace * (len(self._names) - k - 1) / 60.0
            self._left = f"about {minutes:.0f} min left; "
            if self._lines:
                mark = {True: "as stated", False: f"NOT AS STATED ({flown.stated})", None: "nothing stated"}[
                    flown.agrees
                ]
                text = f"{name}: {flown.outcome}, {mark}: {flown.case}, seed {flown.seed}; about {minutes:.0f} min left"
                print(text, file=sys.stderr, flush=True)
            yield flown


def _line(flown: CaseRun) -> str:
    return json.dumps(flown.to_json()) + "\n"


def _read(text: str | None) -> dict[tuple[str, int], CaseRun]:
    """What an interrupted campaign has flown; a last line that was cut short is flown again."""
    done = {}
    for line in (text or "").splitlines():
        try:
            flown = CaseRun.from_json(json.loads(line))
        except ValueError:
            continue
        done[flown.case, flown.seed] = flown
    return done


def _row(r: CaseRun) -> tuple[Any, ...]:
    held = f"{sum(v.holds is True for v in r.verdicts)} of {len(r.verdicts)}"
    agrees = {True: "yes", False: "NO", None: ""}[r.agrees]
    return (
        r.case, r.seed, r.outcome, r.stated, agrees, held, r.status, r.end_time, r.phase, r.state, r.health, r.perigee, r.apogee,
        r.exchanges, r.host_time,
    )  # fmt: skip


def junit(result: CampaignResult) -> str:
    """One test suite, a test case for each run's outcome and for each of its requirements."""
    root = ET.Element("testsuites")
    suite = ET.SubElement(root, "testsuite", name=result.campaign)
    for r in result.runs:
        name = f"{r.case}, seed {r.seed}"
        case = ET.SubElement(
            suite, "testcase", classname=name, name=f"outcome: {r.stated or r.outcome}", time=f"{r.host_time:.3f}"
        )
        if r.agrees is False:
            ET.SubElement(case, "failure", message=f"{r.outcome}, not {r.stated}").text = r.status
        for v in r.verdicts:
            case = ET.SubElement(suite, "testcase", classname=name, name=v.name)
            if v.holds is not True:
                ET.SubElement(case, "error" if v.holds is None else "failure", message=v.reason).text = v.text
    suite.set("tests", str(len(suite)))
    suite.set("failures", str(len(suite.findall("testcase/failure"))))
    suite.set("errors", str(len(suite.findall("testcase/error"))))
    ET.indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ET.tostring(root, encoding="unicode") + "\n"


def summary(result: CampaignResult) -> tuple[dict[str, Any], str]:
    """As plain data and for people."""
    lines = [f"{result.campaign}: {len(result.runs)} runs, " + ", ".join(f"{result.count(o)} {o}" for o in OUTCOMES)]
    several = len(result.runs) > len({r.case for r in result.runs})
    if several:
        lines += [f"  {case.told}" for case in result.by_case()]
    for r in result.runs:
        if several and r.good is not False:
            continue
        mark = {True: "as stated", False: f"NOT AS STATED ({r.stated})", None: ""}[r.agrees]
        broken = "".join(
            f"; {'not shown' if v.holds is None else 'FAILS'}: {v.name}" for v in r.verdicts if v.holds is not True
        )
        lines.append(
            f"  {r.outcome:12s}  {mark:9s}  {r.case}, seed {r.seed}: {r.status} at T{r.end_time:+.1f} s{broken}"
        )
    wrong = [r for r in result.runs if r.good is False]
    unshown = [r for r in result.runs if r.good is None]
    data: dict[str, Any] = {
        "status": "failed" if wrong else "undecided" if unshown else "done",
        "runs": len(result.runs),
        "outcomes": {o: result.count(o) for o in OUTCOMES},
        "differences": [{"case": r.case, "seed": r.seed, "outcome": r.outcome, "stated": r.stated} for r in wrong],
    }
    if wrong:
        names = ", ".join(dict.fromkeys(r.case for r in wrong))
        data |= {"exit_code": ImpossibleError.exit_code, "message": f"not as stated, or a requirement fails: {names}"}
    elif unshown:
        names = ", ".join(dict.fromkeys(r.case for r in unshown))
        data |= {"exit_code": UndecidedError.exit_code, "message": f"a requirement was not shown: {names}"}
    return data, "\n".join(lines)
