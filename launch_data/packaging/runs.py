"""Run folders as sources of launch data: what each kind of run holds, read as foreign programs would read it."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import yaml

from ...core.errors import InputError
from ...core.findings import Finding, Severity
from ...core.quantity import parse
from ...core.run_folder import read_run
from ...core.time import format_utc, parse_utc
from ..facts import FlightFacts, facts_of

Plain = dict[str, Any]
COMMANDS = ("design", "ascent", "fly", "disperse")


@dataclass(frozen=True)
class Run:
    """A finished run whose files are all as they were written. document: its resolved input, study: the study in it; UTC."""

    path: Path
    command: str
    finished: str
    input_hash: str
    software: str
    document: Plain
    study: Plain
    facts: FlightFacts

    @property
    def payload_mass(self) -> float:
        """[kg]: the dispersion's own, or the vehicle's. Raises InputError where it is left open."""
        given = self.document.get("payload_mass") or (self.study["vehicle"].get("payload") or {}).get("mass")
        if given is None:
            raise InputError(f"'{self.path}': the payload's mass is left open, so nothing is known of what separates")
        return parse(given, "kg")

    def result(self, name: str) -> Plain | None:
        """A result as plain JSON, None where the run has none. Raises InputError for what is no JSON object."""
        file = self.path / "results" / f"{name}.json"
        if not file.is_file():
            return None
        try:
            found = json.loads(file.read_text(encoding="utf-8"))
        except (OSError, ValueError, RecursionError) as error:
            raise InputError(f"cannot be read: {str(error)[:200]}", where=str(file)) from None
        if not isinstance(found, dict):
            raise InputError("a result is a JSON object", where=str(file))
        return found


def open_run(path: Path) -> Run:
    """A run folder. Raises InputError for what is none, was changed, or is of a command that makes no launch data."""
    run = read_run(path)
    if run.get("command") not in COMMANDS:
        raise InputError(f"'{path}' is a run of '{run.get('command')}'; launch data come from {', '.join(COMMANDS)}")
    resolved = path / "inputs" / "resolved.yaml"
    try:
        document = yaml.safe_load(resolved.read_text(encoding="utf-8"))
        study = document.get("study", document)
        made = Run(
            path=path,
            command=run["command"],
            finished=_utc(str(run["finished"])),
            input_hash=str(run["input_hash"]),
            software=f"osea-rocket {run['versions'].get('osea-rocket', 'of an unknown version')}",
            document=document,
            study=study,
            facts=facts_of(study, str(resolved)),
        )
        if made.facts.epoch is not None:
            return made
        found = ((made.result("ascent") or {}).get("trajectory") or {}).get("epoch")  # T-0 of a launch window
        return replace(made, facts=replace(made.facts, epoch=found))
    except (OSError, yaml.YAMLError, AttributeError, KeyError, RecursionError, ValueError) as error:
        raise InputError(f"this is no resolved study: {str(error)[:200]}", where=str(resolved)) from None


def _utc(text: str) -> str:
    return format_utc(parse_utc(text.removesuffix("+00:00")), 0)


@dataclass
class Parts:
    """What a package is made of: records by file name (without .json), other files by name, and what is to be told."""

    records: dict[str, Plain] = field(default_factory=dict)
    files: dict[str, bytes] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)

    def add(self, records: Mapping[str, Plain], files: Mapping[str, bytes] | None = None) -> None:
        """Records and files under names of their own; a record whose identifier is there already stays as it is."""
        known = {r["id"] for r in self.records.values()}
        self.files |= files or {}
        for name, plain in records.items():
            if plain["id"] not in known:
                self.records[_free(name, self.records)] = plain

    def tell(self, severity: Severity, rule: str, where: str, message: str) -> None:
        """A finding about the package."""
        self.findings.append(Finding(severity, f"build.{rule}", where, message))


def _free(name: str, taken: Mapping[str, Any]) -> str:
    number = 2
    free = name
    while free in taken:
        free, number = f"{name}-{number}", number + 1
    return free
