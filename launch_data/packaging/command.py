"""What `osea data build` does, apart from parsing the command line."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ...core.errors import InputError
from ...core.findings import Severity, by_gravity
from ...core.time import Instant, format_utc, parse_utc
from ..envelope import Envelope
from ..protocol.kinds import read_record, to_plain
from .audience import publish
from .flown import add_flight
from .hazards import Offices, Window, add_hazards
from .injection import add_injection
from .own import add_own, read_own
from .package import package_files, write_package
from .revisions import follow
from .runs import Parts, Plain, Run, open_run

Answer = tuple[dict[str, Any], str]
PUBLIC, EVERYTHING = "public", "issuer"


@dataclass(frozen=True, kw_only=True)
class Wishes:
    """What the user asks for beside the runs: own records, window, whose notices, what is withheld, what went before."""

    own: Sequence[Path] = ()
    opens: str | None = None
    closes: str | None = None
    offices: Offices = field(default_factory=Offices)
    audience: str = PUBLIC
    withhold: Sequence[str] = ()
    after: Path | None = None
    issued: str | None = None


def run_build(paths: Sequence[Path], out: Path, wishes: Wishes | None = None) -> Answer:
    """A package from finished runs of one launch. Raises InputError for runs of different flights or without an epoch."""
    wishes = wishes or Wishes()
    files, parts = build([open_run(p) for p in paths], wishes)
    write_package(files, out)
    counts: dict[str, int] = {}
    for plain in parts.records.values():
        kind = plain["schema"].split("/")[2]
        counts[kind] = counts.get(kind, 0) + 1
    lines = [f"{len(files)} files in {out}: {len(parts.records)} records, {sum(map(len, files.values())):,} bytes"]
    lines += [f"{n:7} {kind}" for kind, n in sorted(counts.items())]
    lines += [f"{f.severity:<8} {f.rule}  {f.where}: {f.message}" for f in by_gravity(parts.findings)]
    findings = [
        {"severity": str(f.severity), "rule": f.rule, "where": f.where, "message": f.message} for f in parts.findings
    ]
    return {
        "status": "done",
        "package": str(out),
        "audience": wishes.audience,
        "records": counts,
        "files": sorted(files),
        "findings": findings,
    }, "\n".join(lines)


def build(runs: Sequence[Run], wishes: Wishes) -> tuple[dict[str, bytes], Parts]:
    """The files of the package, and what they are made of; the same runs and wishes give the same bytes."""
    if wishes.audience not in (PUBLIC, EVERYTHING):  # a slip of the pen must not publish
        raise InputError(f"{wishes.audience!r} is no audience; {PUBLIC} or {EVERYTHING}")
    if wishes.withhold and wishes.audience == EVERYTHING:
        raise InputError(f"nothing is withheld from the {EVERYTHING}; leave --audience out")
    first = _one_flight(runs)
    issued = wishes.issued or max(r.finished for r in runs)
    parse_utc(issued)
    envelopes = [
        Envelope(originator=r.facts.originator, issued_at=issued, software=r.software, input_sha256=r.input_hash)
        for r in runs
    ]
    window = _window(first, wishes)
    parts = Parts()
    for run, envelope in zip(runs, envelopes, strict=True):
        try:
            _add_run(parts, run, envelope, window, wishes)
        except (
            KeyError,
            TypeError,
            ValueError,
            IndexError,
        ) as error:  # the files are as written, by a program that is not ours
            raise InputError(
                f"'{run.path}' is not what osea {run.command} writes: {type(error).__name__} {error}"
            ) from None
    _add_opportunity(parts, first, envelopes[0], window)
    add_own(parts, read_own(wishes.own), envelopes[0], first.facts)
    _tell_what_is_missing(parts)
    if wishes.audience == PUBLIC:
        publish(parts, wishes.withhold, issued)
    if wishes.after is not None:
        follow(parts, wishes.after)
    issuer = next((r["issuer"] for r in parts.records.values()), envelopes[0].provider)
    return package_files(
        parts.records, parts.files, {"issuer": issuer, "issued_at": issued, "audience": wishes.audience}
    ), parts


def _add_run(parts: Parts, run: Run, envelope: Envelope, window: Window, wishes: Wishes) -> None:
    if run.command in ("design", "ascent"):
        _add_design(parts, run)
        add_hazards(parts, run, envelope, window, wishes.offices)
    elif run.command == "fly":
        add_flight(parts, run, envelope)
    else:
        add_injection(parts, run, envelope)


def _one_flight(runs: Sequence[Run]) -> Run:
    """The first of runs that are all of one launch and one payload."""
    if not runs:
        raise InputError("no run to build a package from")
    first = runs[0]
    for run in runs:
        if run.facts.epoch is None:
            raise InputError(
                f"'{run.path}': the mission states no epoch; give it 'epoch: 2027-03-01T12:00:00Z', with its own date"
            )
        for what in ("originator", "mission", "vehicle", "site", "epoch"):
            ours, theirs = getattr(first.facts, what), getattr(run.facts, what)
            if ours != theirs:
                raise InputError(
                    f"'{first.path}' and '{run.path}' are of different launches: {what} {ours!r} and {theirs!r}"
                )
    masses = {str(r.path): round(_flown_mass(r), 3) for r in runs}
    if len(set(masses.values())) > 1:
        told = "; ".join(f"{path} {mass:,.1f} kg" for path, mass in masses.items())
        raise InputError(f"the runs carry different payloads: {told}. A package is of one launch: build one from each")
    return first


def _flown_mass(run: Run) -> float:
    if run.command == "disperse":
        return run.payload_mass
    result = run.result("flight" if run.command == "fly" else "ascent")
    if result is None:
        raise InputError(f"'{run.path}' holds no flight")
    try:
        return float(result["payload_mass_kg"])
    except (KeyError, TypeError, ValueError):
        raise InputError(f"'{run.path}' is not what osea {run.command} writes: it states no payload mass") from None


def _add_design(parts: Parts, run: Run) -> None:
    """What the run wrote itself: messages, and the records that name them."""
    folder = run.path / "launch_data"
    found = sorted(folder.glob("*")) if folder.is_dir() else []
    if not any(f.suffix == ".json" for f in found):
        raise InputError(
            f"'{run.path}' holds no launch data; run osea {run.command} again, with an epoch in the mission"
        )
    records: dict[str, Plain] = {}
    for file in found:
        if file.suffix == ".json":
            records[file.stem] = to_plain(read_record(file.read_bytes(), str(file)))
    parts.add(records, {f.name: f.read_bytes() for f in found if f.suffix != ".json" and f.is_file()})


def _window(run: Run, wishes: Wishes) -> Window:
    opens, closes = (parse_utc(t or str(run.facts.epoch)) for t in (wishes.opens, wishes.closes))
    if not opens <= parse_utc(str(run.facts.epoch)) <= closes:
        raise InputError(
            f"the mission's epoch {run.facts.epoch} lies outside of the window {format_utc(opens, 0)} to {format_utc(closes, 0)}"
        )
    return Window(opens=opens, closes=closes)


def _add_opportunity(parts: Parts, run: Run, envelope: Envelope, window: Window) -> None:
    ascent = run.result("ascent") or {}
    azimuth = ascent.get("azimuth_rad")
    fields = {
        "launch": envelope.urn("launch", run.facts.mission),
        "window": {"start": _exactly(window.opens), "end": _exactly(window.closes)},
        "t0": run.facts.epoch,
        "launch_azimuth_deg": None if azimuth is None else (azimuth * 57.29577951308232) % 360.0,
        "state": "open",
    }
    key = f"{run.facts.mission}, {fields['window']['start']}"
    parts.add({"opportunity": envelope.record("opportunity", key, fields)})


def _exactly(instant: Instant) -> str:
    """With the decimals that it needs, none when it has none."""
    whole, _, fraction = format_utc(instant, 9).removesuffix("Z").partition(".")
    return f"{whole}.{kept}Z" if (kept := fraction.rstrip("0")) else f"{whole}Z"


def _tell_what_is_missing(parts: Parts) -> None:
    kinds = {r["schema"].split("/")[2] for r in parts.records.values()}
    if missing := [k for k in ("provider", "site", "pad") if k not in kinds]:
        parts.tell(
            Severity.UNKNOWN,
            "not_described",
            "package",
            f"no run says enough of the {', '.join(missing)} for a record; give your own with --with",
        )
