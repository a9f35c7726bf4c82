"""Packages and servers of launch data: the demands of their conformance classes, as requirements."""

from collections.abc import Mapping
from pathlib import Path

from ..core.signing import PublicKey
from ..launch_data.conformance.checks import CHECKS, Subject
from ..launch_data.conformance.classes import Outcome
from ..launch_data.conformance.interface import CHECKS as INTERFACE
from ..launch_data.conformance.interface import Interface
from .judging import Examiner, Seen, Verdict
from .suites import Requirement, suites

_VERDICTS = {Outcome.HOLDS: Verdict.HOLDS, Outcome.FAILS: Verdict.FAILS, Outcome.UNKNOWN: Verdict.UNKNOWN}


def package_examiner(folder: Path, keys: Mapping[str, PublicKey]) -> Examiner:
    """Of a package's folder; keys: that are trusted, for its signatures."""

    def demand(subject: Subject, one: Requirement) -> Seen:
        outcome, evidence = CHECKS[one.traces](subject)
        return _VERDICTS[outcome], evidence

    def tidy(text: str) -> str:
        return text.replace(f"{folder}/", "")

    return Examiner(suites()["LDP"], Subject(folder, keys), {"demand": demand}, tidy=tidy)


def server_examiner(url: str, token: str | None) -> Examiner:
    """Of a running server. Raises InputError where nobody answers."""
    server = Interface(url, token)
    server.get("v1/records", {"limit": 1})

    def demand(subject: Interface, one: Requirement) -> Seen:
        outcome, evidence = INTERFACE[one.traces](subject)
        return _VERDICTS[outcome], evidence

    return Examiner(suites()["LDS"], server, {"demand": demand})
