"""`osea hil campaign`: a campaign of faults flown unattended, one run after another."""

import json
import re
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

from ..core.documents import load_document
from ..core.errors import ImpossibleError, InputError, UndecidedError
from ..core.progress import Progress, RichProgress
from ..core.run_folder import RunFolder
from ..hil.fault_campaign import OUTCOMES, CampaignResult, Case, CaseRun, FaultCampaign, classified
from ..hil.mapping import empty_inputs
from ..hil.recording.recorder import McapRecorder
from ..hil.run import BenchRun, NoRecorder, Recorder, run_bench
from .bench import BENCH_STEPS, BenchCase, bench_case
from .bench_command import started
from .fault_campaign_report import campaign_report

_DONE = "runs.jsonl"
_COLUMNS = (
    "case", "seed", "outcome", "stated", "agrees", "requirements", "status", "end_time_s", "phase", "state", "health",
    "perigee_m", "apogee_m", "exchanges", "host_time_s",
)  # fmt: skip


def run_campaign(
    path: Path, out: Path | None, *, start: str | None = None, bind: bool = False, resume: bool = False, record: bool = False,
    only: tuple[str, ...] = (), quiet: bool = False,
) -> tuple[dict[str, Any], str]:  # fmt: skip
    """Fly every case of a campaign and publish its run folder; (summary as plain data, the same for people).

    start: a command that starts the flight computer, anew for each run. resume: take up what an interrupted campaign of the
    same input has left; only: names of cases, the others stay unflown. An outcome that is not the stated one, or a requirement
    that fails, makes the data's exit_code 1; one that was not shown 3.
    """
    campaign = load_document(FaultCampaign, path)
    unknown = [name for name in only if name not in {c.name for c in campaign.cases}]
    if unknown:
        raise InputError(
            f"there is no case '{unknown[0]}'; there are {', '.join(c.name for c in campaign.cases)}", where=str(path)
        )
    wanted = [(c, s) for c, s in campaign.runs() if not only or c.name in only]
    progress = Progress() if quiet else RichProgress(BENCH_STEPS | {"flights": 20.0 * len(wanted), "report": 2.0})
    folder = out or Path("out") / (re.sub(r"\W+", "-", campaign.name.lower()).strip("-") or path.stem)
    try:
        made = bench_case(campaign.bench, progress)
        with RunFolder(folder, "hil-campaign", campaign, keep=True, resume=resume) as run:
            done = _read(run.read_text(_DONE) if resume else None)
            run.write_text(_DONE, "".join(map(_line, done.values())))  # without a line that was cut short
            with progress.step("flights"):
                for i, (case, seed) in enumerate(wanted):
                    if (case.name, seed) in done:
                        continue
                    recording = run.partial / "recordings" / f"{_file_name(case.name)}-{seed}.mcap" if record else None
                    note = f"{i + 1} of {len(wanted)}: {case.name}"
                    flown = _fly(made, campaign, case, seed, start, bind, recording, progress, note)
                    if flown.status == "interrupted":
                        raise KeyboardInterrupt
                    done[case.name, seed] = flown
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


def _file_name(name: str) -> str:
    return re.sub(r"\W+", "-", name.lower()).strip("-")


def _fly(
    made: BenchCase, campaign: FaultCampaign, case: Case, seed: int, start: str | None, bind: bool, recording: Path | None,
    progress: Progress, note: str,
) -> CaseRun:  # fmt: skip
    bench = campaign.bench_of(case)
    recorder: Recorder = NoRecorder()
    if recording is not None:
        recording.parent.mkdir(exist_ok=True)
        facts = {"bench": bench.name, "case": case.name, "input_sha256": campaign.content_hash(), "seed": str(seed)}
        recorder = McapRecorder(recording, tuple(c.name for c in bench.computers), facts, {})
    inputs = empty_inputs()

    def look(run: BenchRun) -> None:
        progress.note(f"{note}, {run.plant.time:.0f} s")

    def ended(run: BenchRun) -> None:
        inputs[:] = run.inputs

    try:
        with started(start):
            result = run_bench(
                bench,
                made.flying(seed),
                recorder=recorder,
                bind=bind,
                seed=seed,
                look=look,
                look_every=0.5,
                ended=ended,
            )
    finally:
        if isinstance(recorder, McapRecorder):
            recorder.close()
    return classified(campaign, case, seed, result, inputs, tuple(made.case.names))


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
    for r in result.runs:
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
