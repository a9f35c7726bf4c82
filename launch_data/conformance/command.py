"""`osea data check --class`: every demand of the classes asked for, and of those that they build on."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from ...core.errors import ImpossibleError, InputError, UndecidedError
from ...core.signing import PublicKey, read_public_keys
from .checks import CHECKS, Subject
from .classes import Answer, Outcome, classes, with_needed
from .interface import CHECKS as INTERFACE
from .interface import Interface


def conformance(
    folder: Path, codes: Sequence[str], keys: Mapping[str, PublicKey] | None = None
) -> dict[str, list[Answer]]:
    """Answers by class for a package. What needs a running interface is UNKNOWN here, never taken to hold."""
    subject = Subject(folder, keys or {})
    found: dict[str, list[Answer]] = {}
    for code in with_needed(codes):
        for demand in classes()[code].demands:
            program = CHECKS.get(demand.code)
            seen = program(subject) if program else (Outcome.UNKNOWN, "asked of a running server, not of files")
            found.setdefault(code, []).append(Answer(demand, *seen))
    return found


def conformance_of_server(url: str, codes: Sequence[str], token: str | None = None) -> dict[str, list[Answer]]:
    """Answers for a server: the classes asked for, and those of an interface that they build on.

    What needs a package's files is UNKNOWN here, never taken to hold.
    """
    server = Interface(url, token)
    server.get("v1/records", {"limit": 1})  # nobody there is no answer
    found: dict[str, list[Answer]] = {}
    for code in with_needed(codes):
        for demand in classes()[code].demands:
            if program := INTERFACE.get(demand.code):
                found.setdefault(code, []).append(Answer(demand, *program(server)))
            elif code in codes:
                seen = Outcome.UNKNOWN, "asked of a package's files, not of a server"
                found.setdefault(code, []).append(Answer(demand, *seen))
    return found


def run_conformance(
    place: str | Path, codes: Sequence[str], key_files: Sequence[Path] = (), token: str | None = None
) -> tuple[dict[str, Any], str]:
    """(plain data, text) of a package's folder or a server's address: exit 1 where a demand fails, 3 where one is unknown."""
    if urlsplit(str(place)).scheme in ("http", "https"):
        found = conformance_of_server(str(place), codes, token)
    elif Path(place).is_dir():
        found = conformance(Path(place), codes, read_public_keys(key_files))
    else:
        raise InputError(f"'{place}' is no folder of a package, nor the address of a server")
    lines = []
    for code, answers in found.items():
        verdict = class_outcome(answers)
        lines.append(f"{code} {classes()[code].name}: {verdict}")
        lines += [f"  {a.outcome:<8} {a.demand.code}  {a.demand.text} ({a.evidence})" for a in answers]
    rows = {
        code: {
            "name": classes()[code].name,
            "outcome": str(class_outcome(answers)),
            "demands": [{"code": a.demand.code, "outcome": str(a.outcome), "evidence": a.evidence} for a in answers],
        }
        for code, answers in found.items()
    }
    data: dict[str, Any] = {"status": "done", "of": str(place), "classes": rows}
    outcomes = {class_outcome(a) for a in found.values()}
    if Outcome.FAILS in outcomes:
        failed = [c for c, a in found.items() if class_outcome(a) is Outcome.FAILS]
        data |= _failed(ImpossibleError.exit_code, f"{', '.join(failed)}: a demand does not hold")
    elif Outcome.UNKNOWN in outcomes:
        open_ = [c for c, a in found.items() if class_outcome(a) is Outcome.UNKNOWN]
        data |= _failed(UndecidedError.exit_code, f"{', '.join(open_)}: not every demand is known to hold")
    return data, "\n".join(lines)


def class_outcome(answers: Sequence[Answer]) -> Outcome:
    """The worst of its demands."""
    outcomes = {a.outcome for a in answers}
    return next((o for o in (Outcome.FAILS, Outcome.UNKNOWN) if o in outcomes), Outcome.HOLDS)


def _failed(code: int, message: str) -> dict[str, Any]:
    return {"status": "failed", "exit_code": code, "message": message}
