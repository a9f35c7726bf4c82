"""Blocks as a reader fills them, keyword by keyword, and the list of what is wrong with the file."""

import difflib
from collections.abc import Sequence
from dataclasses import dataclass, field

from ...core.errors import InputError
from ...core.findings import Finding, Severity
from .grammar import BlockGrammar, Field, Grammar
from .message import Block, Value
from .values import ValueFaultError, frame_warning, parse_value

MOST_SHOWN = 20


@dataclass
class Report:
    """What a reader has against a file: problems that refuse it, warnings that do not."""

    file: str
    problems: list[tuple[int, str]] = field(default_factory=list)
    warnings: list[Finding] = field(default_factory=list)

    def problem(self, line: int, message: str) -> None:
        """Note a problem and go on."""
        self.problems.append((line, message))

    def warn(self, line: int, rule: str, message: str) -> None:
        """Note a finding of severity WARN."""
        self.warnings.append(Finding(Severity.WARN, f"ccsds.{rule}", f"{self.file}:{line}", message))

    def failure(self, line: int, message: str) -> InputError:
        """The error to raise where nothing after this line would make sense."""
        self.problem(line, message)
        return self._error()

    def raise_problems(self) -> None:
        """Raise one InputError with every problem noted, in the order of the file; return when there is none."""
        if self.problems:
            raise self._error()

    def _error(self) -> InputError:
        ordered = sorted(self.problems, key=lambda p: p[0])
        (line, first), rest = ordered[0], ordered[1:]
        details = [f"{self.file}:{n}: {text}" for n, text in rest[:MOST_SHOWN]]
        if len(rest) > MOST_SHOWN:
            details.append(f"and {len(rest) - MOST_SHOWN} more")
        return InputError(first, where=f"{self.file}:{line}", details=details)


class BlockBuilder:
    """One block of a message while it is read."""

    def __init__(self, grammar: BlockGrammar, report: Report, line: int, comments: Sequence[str] = ()) -> None:
        self.grammar = grammar
        self.report = report
        self.line = line
        self.values: dict[str, Value] = {}
        self.comments = list(comments)
        self.rows: list[tuple[str, ...]] = []
        self.row_lines: list[int] = []
        self._last = -1  # place of the last keyword in the book's order

    def has(self, keyword: str) -> bool:
        return keyword in self.values

    def add(self, keyword: str, text: str, unit: str | None, line: int) -> None:
        """Take one assignment; what is wrong with it goes into the report."""
        spec = self.grammar.fields.get(keyword)
        if spec is None and self.grammar.user and keyword.startswith("USER_DEFINED_"):
            spec = Field(keyword, "text", "", False)
        if spec is None:
            near = difflib.get_close_matches(keyword, self.grammar.fields, 1)
            meant = f"; did you mean {near[0]}?" if near else ""
            self.report.problem(line, f"{keyword} is no keyword of {self.grammar.name}{meant}")
            return
        if keyword in self.values:
            self.report.problem(line, f"{keyword} stands twice in {self.grammar.name}")
            return
        if not text and spec.kind == "text":
            self.report.warn(line, "empty", f"{keyword} is empty; the book wants a value, such as UNKNOWN")
            self.values[keyword] = ""
            return
        try:
            value = parse_value(spec, text, unit)
        except ValueFaultError as error:
            self.report.problem(line, str(error))
            value = text  # noted; the block goes on, so that one run names every problem
        else:
            if warning := frame_warning(spec, value):
                self.report.warn(line, "frame", warning)
        self.values[keyword] = value
        self._note_order(keyword, line)

    def row(self, cells: Sequence[str], line: int) -> None:
        """Take one data line."""
        self.rows.append(tuple(cells))
        self.row_lines.append(line)

    def finish(self) -> Block:
        """The block; mandatory keywords that are missing go into the report."""
        name = self.grammar.name
        for spec in self.grammar.fields.values():
            if spec.mandatory and spec.keyword not in self.values:
                self.report.problem(self.line, f"{name} lacks {spec.keyword}, which it must have")
        for group in self.grammar.one_of:
            found = [k for k in group if k in self.values]
            if len(found) != 1:
                wrong = "both stand" if found else "neither stands"
                self.report.problem(self.line, f"{name} needs one of {' and '.join(group)}, and {wrong}")
        return Block(name, tuple(self.values.items()), tuple(self.comments), tuple(self.rows), self.line)

    def _note_order(self, keyword: str, line: int) -> None:
        place = list(self.grammar.fields).index(keyword) if keyword in self.grammar.fields else self._last
        if place < self._last:
            self.report.warn(
                line, "order", f"{keyword} stands later in {self.grammar.name} than the book's table has it"
            )
        self._last = max(self._last, place)


def check_version(grammar: Grammar, version: str, report: Report, line: int) -> None:
    """A version of another number is read with a warning as long as it is a version of ours or older than the newest."""
    if version in grammar.versions:
        return
    try:
        newer = float(version) > max(float(v) for v in grammar.versions)
    except ValueError:
        message = f"{grammar.version_keyword} = {version!r} is no version; use {grammar.versions[-1]}"
        raise report.failure(line, message) from None
    if newer:
        raise report.failure(
            line, f"version {version} is newer than {grammar.versions[-1]}, the newest that this reads"
        )
    report.warn(line, "version", f"there is no version {version} of this message; {grammar.versions[-1]} is read")
