"""How each kind of step is run: always by the command's own function, in a worker process, into a folder of its own."""

import json
import os
import shlex
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ...core.errors import InputError, OseaError, UndecidedError

STATES = {0: "done", 1: "answer is no", 2: "input is wrong", 3: "undecided"}


@dataclass(frozen=True)
class Work:
    """What a worker is told. document: a file; folder: to be made; of: folders of the runs that the step works on."""

    kind: str
    folder: Path
    document: Path | None
    of: tuple[Path, ...] = ()
    recover: Any = None
    runs: int | None = None
    model: str = "point-mass"
    strict: bool = True
    source: Path | None = None
    recording: Path | None = None
    recorded: bool = False
    own: Path | None = None
    place: Path | None = None
    level: str = "bronze"


@dataclass(frozen=True)
class Done:
    """How it ended: state and message as in StepOutcome, pages within its folder; by the clock and of processor [s]."""

    state: str
    message: str
    text: str
    pages: tuple[tuple[str, str], ...]
    seconds: float
    processor: float


Answer = tuple[dict[str, Any], str, tuple[tuple[str, str], ...]]


def begin_worker() -> None:
    """Ctrl-C is the parent's to handle; told to end, a worker ends what it started too (a flight computer)."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))


def do(work: Work) -> Done:
    """Run one step. An error of ours is its answer; any other is a fault, and is named as one."""
    begun, used = time.perf_counter(), _processor_time()
    try:
        data, text, pages = RUNNERS[work.kind](work)
        state = data.pop("state", None) or STATES.get(int(data.get("exit_code") or 0), "undecided")
        message = str(data.get("message") or "")
        _write_summary(work.folder, data)
    except OseaError as error:
        state, message, text, pages = STATES.get(error.exit_code, "undecided"), str(error), "", ()
    except Exception as error:
        state, text, pages = "undecided", "", ()
        message = f"a fault of OSEA-Rocket, not of your input: {type(error).__name__}: {error}"
    return Done(state, message, text, pages, time.perf_counter() - begun, _processor_time() - used)


def _processor_time() -> float:
    """Of this process and of those that it started and saw ended [s]."""
    spent = os.times()
    return spent.user + spent.system + spent.children_user + spent.children_system


def _write_summary(folder: Path, data: dict[str, Any]) -> None:
    """What the command prints by --json, without the names of folders that are still being written."""
    folder.mkdir(parents=True, exist_ok=True)
    kept = {k: v for k, v in data.items() if k not in ("run", "report", "folder", "package")}
    text = json.dumps(kept, indent=1, ensure_ascii=False, allow_nan=False)
    (folder / "summary.json").write_text(text + "\n", encoding="utf-8")


def _file(work: Work) -> Path:
    assert work.document is not None  # the chain's document asks for it
    return work.document


_REPORT = (("report", "report.html"),)


def _engine(work: Work) -> Answer:
    from ..engine_command import run_engine

    return *run_engine(_file(work), work.folder, quiet=True), _REPORT


def _design(work: Work) -> Answer:
    from ..command import run_design

    more = (("interfaces", "interfaces.html"), ("3-D body", "model/vehicle.html"))
    return *run_design(_file(work), work.folder, quiet=True), _REPORT + more


def _ascent(work: Work) -> Answer:
    from ..ascent_command import run_ascent

    return *run_ascent(_file(work), work.folder, quiet=True, recover=work.recover), _REPORT


def _check(work: Work) -> Answer:
    from ..command import run_check

    work.folder.mkdir(parents=True, exist_ok=True)
    page = work.folder / "interfaces.html"
    loads = work.of[0] if work.of else None
    return *run_check(_file(work), strict=work.strict, html=page, run=loads), (("interfaces", page.name),)


def _disperse(work: Work) -> Answer:
    from ..dispersion_command import run_disperse

    assert work.runs is not None
    return *run_disperse(_file(work), work.runs, work.folder, jobs=1, model=work.model, quiet=True), _REPORT


def _land(work: Work) -> Answer:
    from ..landing_command import run_land

    assert work.runs is not None
    return *run_land(_file(work), work.folder, runs=work.runs, jobs=1, quiet=True), _REPORT


def _electrical(work: Work) -> Answer:
    from ..command import run_check

    work.folder.mkdir(parents=True, exist_ok=True)
    page = work.folder / "interfaces.html"
    return *run_check(_file(work), strict=work.strict, html=page, out=work.folder), (("control document", page.name),)


def _messages(work: Work) -> Answer:
    from ...avionics.generate.command import run_build

    data, text = run_build(_file(work), work.folder)
    pages = tuple((_what(name), name) for name in data["files"] if name.endswith(".html"))
    return data, text, pages


def _what(name: str) -> str:
    return "control document" if name.endswith("icd.html") else name


def _campaign(work: Work) -> Answer:
    from ..campaign.command import run_campaign

    return *run_campaign(_file(work), work.folder, runs=work.runs, quiet=True), _REPORT


def _package(work: Work) -> Answer:
    """Built, signed with a key made for this run, and verified with its public half."""
    from ...launch_data.packaging.command import Wishes, run_build
    from ...launch_data.signed import run_key, run_sign, run_verify

    place = work.folder / "package"
    work.folder.mkdir(parents=True, exist_ok=True)
    data, text = run_build(work.of, place, Wishes(own=(work.own,) if work.own else ()))
    key = work.folder / "key.json"
    run_key(key)
    run_sign([place], key)
    verified, said = run_verify([place], [work.folder / "key.pub.json"])
    key.unlink()  # made for this run; whoever issues packages signs with a key that is kept
    data |= {"verified": verified.get("status") == "done"}
    return data | ({k: verified[k] for k in ("exit_code", "message") if k in verified}), f"{text}\n{said}", ()


def _certify(work: Work) -> Answer:
    """Signed with a key made for this run, and checked with its public half."""
    from ...launch_data.signed import run_key
    from ..certify.command import run_certify, run_verify
    from ..certify.subjects import Wishes

    assert work.place is not None
    work.folder.mkdir(parents=True, exist_ok=True)
    key = work.folder / "key.json"
    run_key(key)
    wishes = Wishes(loads=work.of[0] if work.of else None)
    data, text = run_certify(str(work.place), work.folder, level=work.level, key_file=key, wishes=wishes)
    key.unlink()  # made for this run; whoever certifies signs with a key that is kept
    checked, said = run_verify(work.folder / "certificate.json", [work.folder / "key.pub.json"])
    if checked.get("exit_code"):
        data |= {k: checked[k] for k in ("exit_code", "message")}
    return data, f"{text}\n{said}", (("certificate", "certificate.html"),)


def _bench(work: Work) -> Answer:
    """Generated codec and mission data compiled with the flight computer, and flown; without a compiler a recording.

    Codecs: of the bench's messages, and of the message set can.yaml beside the sources' folder where there is one.
    """
    from ...core.progress import Progress
    from ..bench import open_bench
    from ..bench_command import run_hil, run_load

    compiler = next((c for c in (os.environ.get("CC"), "cc", "gcc", "clang") if c and shutil.which(c)), None)
    if compiler is None or work.recorded:
        return _recorded(work, "here is no C compiler" if compiler is None else "the quick run does not fly the bench")
    from ...avionics.generate.command import run_build
    from ...hil import document as bench_document

    assert work.source is not None
    made = work.folder.with_name(work.folder.name + "-build")
    shutil.rmtree(made, ignore_errors=True)
    (made / "messages").mkdir(parents=True)
    sets = [Path(bench_document.__file__).parent / "data" / "bench.yaml", work.source.parent / "can.yaml"]
    for messages in (s for s in sets if s.is_file()):
        run_build(messages, made / "messages", ["c99"])
    prepared = open_bench(_file(work), Progress())
    run_load(_file(work), made / "mission.h", made=prepared, quiet=True)
    codecs = [f for f in sorted((made / "messages").glob("*.c")) if not f.stem.endswith("_test")]
    sources = [*sorted(work.source.glob("*.c")), *codecs, *made.glob("*.c")]
    program = made / "flight_computer"
    flags = ["-std=c99", "-O2", f"-I{work.source}", f"-I{made}", f"-I{made / 'messages'}"]
    call = [compiler, *flags, *map(str, sources), "-lm", "-o", str(program)]
    ended = subprocess.run(call, capture_output=True, text=True, check=False)  # noqa: S603  a compiler, its arguments ours
    if ended.returncode:
        raise UndecidedError(f"{compiler} did not compile the flight computer: {ended.stderr.strip()[:600]}")
    start = f"{shlex.quote(str(program))} {_ports(work)}"
    data, text = run_hil(_file(work), work.folder, start=start, quiet=True, made=prepared)
    shutil.rmtree(made, ignore_errors=True)
    return data, text, _REPORT


def _ports(work: Work) -> str:
    """The link as the flight computer sees it: its own port first."""
    from ...core.documents import load_document
    from ...hil.document import Bench

    link = load_document(Bench, _file(work)).computers[0].link
    if link.type != "udp":
        raise InputError("the first computer of a chain's bench hangs on a UDP link; give 'link: {type: udp, …}'")
    return "udp:" + ":".join(str(end).rpartition(":")[2] for end in (link.remote, link.local))


def _recorded(work: Work, why: str) -> Answer:
    if work.recording is None or not work.recording.is_dir():
        raise InputError(f"{why}, and there is no recording of the flight computer's flight")
    shutil.copytree(work.recording, work.folder, dirs_exist_ok=True)
    data = json.loads((work.folder / "summary.json").read_text(encoding="utf-8"))
    message = f"a recording: {why}, so this flight was flown elsewhere and is shown as it was recorded"
    return data | {"state": "recording", "message": message}, message, _REPORT


RUNNERS: dict[str, Callable[[Work], Answer]] = {
    "engine": _engine, "check": _check, "design": _design, "ascent": _ascent, "disperse": _disperse, "land": _land,
    "electrical": _electrical, "messages": _messages, "bench": _bench, "package": _package, "campaign": _campaign,
    "certify": _certify,
}  # fmt: skip
