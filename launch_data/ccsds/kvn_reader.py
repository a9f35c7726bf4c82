"""Reading KVN: lines `KEYWORD = value [unit]`, comments, markers and data lines (502.0-B-3, section 7)."""

import re
from dataclasses import dataclass, replace

from .builder import BlockBuilder, Report, check_version
from .grammar import KINDS, BlockGrammar, Grammar, grammar
from .message import Block, Message, Segment, States
from .rules import check
from .states import COVARIANCE_TRIANGLE, read_states
from .values import split_unit

LINE_LENGTH = 254  # 7.3.2
LIMITED = ("opm", "omm", "oem", "rdm")  # a line of an OCM may be longer, as the book's own example G-19 is
_ASSIGNMENT = re.compile(r"\s*([A-Z][A-Z0-9_]*)\s*=\s*(.*?)\s*", re.ASCII)
_COMMENT = re.compile(r"\s*COMMENT\b\s*(.*?)\s*")
_MARKER = re.compile(r"\s*([A-Z]+)_(START|STOP)\s*", re.ASCII)
_CONTINUED = re.compile(r"\s*<cont\.>\s*$")


@dataclass
class _Lines:
    """The file's lines with a cursor; blank ones are passed over."""

    text: list[str]
    at: int = 0

    def peek(self) -> str | None:
        while self.at < len(self.text) and not self.text[self.at].strip():
            self.at += 1
        return self.text[self.at] if self.at < len(self.text) else None

    @property
    def number(self) -> int:
        """Place of the line under the cursor, from 1."""
        return self.at + 1

    def comments(self) -> list[str]:
        """The comment lines under the cursor."""
        found = []
        while (line := self.peek()) is not None and (match := _COMMENT.fullmatch(line)):
            found.append(match[1])
            self.at += 1
        return found


def read_kvn(text: str, file: str, *, lenient: bool = False) -> Message:
    """The message of a KVN text; `file` is named in errors. Raises InputError with every problem, file and line."""
    report = Report(file)
    lines = _Lines(text.splitlines())
    kind, version, first = _first_line(lines, report)
    book = grammar(kind)
    check_version(book, version, report, first)
    _check_lines(lines.text, kind, report)
    header, comments = _header(book, lines, report)
    if any(b.marker for b in book.blocks):
        segments = _marked(book, lines, comments, report)
    else:
        segments = (_flat(book, lines, comments, report),)
    report.raise_problems()
    message = Message(kind, version, header, segments)
    check(message, report, lenient=lenient)
    return replace(message, findings=tuple(report.warnings))


def _first_line(lines: _Lines, report: Report) -> tuple[str, str, int]:
    line = lines.peek()
    match = _ASSIGNMENT.fullmatch(line.removeprefix("\ufeff")) if line is not None else None
    for kind in KINDS:
        if match and match[1] == grammar(kind).version_keyword:
            lines.at += 1
            return kind, match[2], lines.at
    wanted = ", ".join(grammar(k).version_keyword for k in KINDS)
    raise report.failure(
        lines.number, f"a CCSDS message begins with its version, such as CCSDS_OPM_VERS = 3.0; known are {wanted}"
    )


def _check_lines(text: list[str], kind: str, report: Report) -> None:
    """What 7.3 asks of every line."""
    for number, line in enumerate(text, 1):
        if line.isascii():
            if len(line) > LINE_LENGTH and kind in LIMITED:
                report.warn(number, "line_length", f"the line has {len(line)} characters; KVN allows {LINE_LENGTH}")
        elif _COMMENT.fullmatch(line):
            report.warn(number, "ascii", "a comment with characters beyond ASCII; KVN allows only ASCII")
        else:
            report.problem(number, "a line with characters beyond ASCII; KVN allows only ASCII")


def _assignment(lines: _Lines, report: Report) -> tuple[str, str, str | None, int]:
    """Keyword, value, unit and place of the line under the cursor, which is passed."""
    number = lines.number
    line = lines.text[lines.at]
    match = _ASSIGNMENT.fullmatch(line)
    if not match:
        raise report.failure(number, f"this is no line of the form KEYWORD = value: {line.strip()[:60]!r}")
    lines.at += 1
    return match[1], *split_unit(match[2]), number


def _take(builder: BlockBuilder, assignment: tuple[str, str, str | None, int]) -> None:
    keyword, value, unit, number = assignment
    spec = builder.grammar.fields.get(keyword)
    if unit is not None and (spec is None or spec.kind not in ("number", "integer", "probability")):
        value, unit = (f"{value} [{unit}]" if value else f"[{unit}]"), None  # brackets in text are text
    builder.add(keyword, value, unit, number)


def _header(book: Grammar, lines: _Lines, report: Report) -> tuple[Block, list[str]]:
    """The header, and the comments after it, which belong to what follows."""
    builder = BlockBuilder(book.block("header"), report, lines.number, lines.comments())
    comments: list[str] = []
    while (line := lines.peek()) is not None:
        match = _ASSIGNMENT.fullmatch(line)
        if not match or not builder.grammar.takes(match[1]):
            break
        builder.comments += comments
        _take(builder, _assignment(lines, report))
        comments = lines.comments()
    return builder.finish(), comments


def _flat(book: Grammar, lines: _Lines, comments: list[str], report: Report) -> Segment:
    """Metadata and data of a message without markers: a keyword belongs to the first block that can still take it."""
    blocks: list[Block] = []
    current: BlockBuilder | None = None
    place = 1  # of the current block in the grammar
    comments = comments + lines.comments()
    while lines.peek() is not None:
        assignment = _assignment(lines, report)
        keyword = assignment[0]
        if current is None or not current.grammar.takes(keyword) or (current.grammar.repeats and current.has(keyword)):
            if (found := _place_of(book, keyword, place, current)) is None:
                (current or BlockBuilder(book.blocks[1], report, assignment[3])).add(keyword, *assignment[1:])
                comments = lines.comments()
                continue
            if found < place:
                report.warn(
                    assignment[3], "order", f"{keyword} stands after {book.blocks[place].name}; the book has it before"
                )
            if current is not None:
                blocks.append(current.finish())
            place, current = max(place, found), BlockBuilder(book.blocks[found], report, assignment[3], comments)
        elif comments:
            report.warn(
                assignment[3], "comment", f"a comment within {current.grammar.name}; the book has them at its beginning"
            )
            current.comments += comments
        _take(current, assignment)
        comments = lines.comments()
    if current is not None:
        blocks.append(current.finish())
    return _segment(book, blocks, comments, lines.number, report)


def _place_of(book: Grammar, keyword: str, place: int, current: BlockBuilder | None) -> int | None:
    """Where in the grammar the block of a keyword is: from `place` on, else before it."""
    after = [*range(place, len(book.blocks)), *range(1, place)]
    for i in after:
        block = book.blocks[i]
        again = current is not None and block is current.grammar and not block.repeats
        if block.takes(keyword) and not again:
            return i
    return None


def _segment(book: Grammar, blocks: list[Block], comments: list[str], line: int, report: Report) -> Segment:
    """Blocks as one segment; required ones that are missing, and blocks twice, go into the report."""
    for spec in book.blocks[1:]:
        found = [b for b in blocks if b.name == spec.name]
        if spec.required and not found:
            first = ", ".join(f.keyword for f in spec.fields.values() if f.mandatory)
            report.problem(line, f"the message has no {spec.name} ({first})")
        if len(found) > 1 and not spec.repeats:
            report.problem(found[1].line, f"{spec.name} stands twice; the book allows it once")
    metadata = next((b for b in blocks if b.name == "metadata"), Block("metadata", ()))
    return Segment(metadata, tuple(b for b in blocks if b.name != "metadata"), None, tuple(comments))


def _marked(book: Grammar, lines: _Lines, comments: list[str], report: Report) -> tuple[Segment, ...]:
    """The segments of a message whose blocks stand between markers (OEM, OCM)."""
    markers = {b.marker: b for b in book.blocks if b.marker}
    segments: list[Segment] = []
    blocks: list[Block] = []
    pending = comments + lines.comments()
    states: States | None = None
    state_comments: list[str] = []
    while (line := lines.peek()) is not None:
        number = lines.number
        match = _MARKER.fullmatch(line)
        if match and match[2] == "START" and (block := markers.get(match[1])):
            if match[1] == "META" and blocks:
                if book.kind != "oem":
                    raise report.failure(number, "a second metadata section; this message has one")
                segments.append(_oem_segment(book, blocks, states, state_comments, number, report))
                blocks, states, state_comments = [], None, []
            lines.at += 1
            blocks.append(_between(block, lines, [*pending, *lines.comments()], report))
        elif match and match[1] == "COVARIANCE" and match[2] == "START" and book.kind == "oem" and blocks:
            lines.at += 1
            blocks += _covariances(book.block("covarianceMatrix"), lines, pending, report)
        elif book.kind == "oem" and line.lstrip()[:1].isdigit() and blocks:
            if states is not None or len(blocks) > 1:
                raise report.failure(
                    number, "a state after the covariance or in two places; an OEM has all states of a segment together"
                )
            states, inner = _state_lines(blocks[0].text("TIME_SYSTEM", "UTC"), lines, report)
            state_comments = [*pending, *inner]
        else:
            wanted = ", ".join(f"{m}_START" for m in markers)
            raise report.failure(number, f"{line.strip()[:60]!r} stands outside of a section; one begins with {wanted}")
        pending = lines.comments()
    if not blocks:
        raise report.failure(lines.number, "the message has no metadata (META_START … META_STOP)")
    if book.kind == "oem":
        return (*segments, _oem_segment(book, blocks, states, [*state_comments, *pending], lines.number, report))
    return (_segment(book, blocks, pending, lines.number, report),)


def _oem_segment(
    book: Grammar, blocks: list[Block], states: States | None, comments: list[str], line: int, report: Report
) -> Segment:
    segment = _segment(book, blocks, comments, line, report)
    if states is None and not report.problems:
        report.problem(line, "the segment has no states; an OEM segment has at least one")
    return Segment(segment.metadata, segment.data, states, segment.comments)


def _between(block: BlockGrammar, lines: _Lines, comments: list[str], report: Report) -> Block:
    """One block, to its STOP marker."""
    start = lines.at  # the marker's own line, counted from 1
    builder = BlockBuilder(block, report, start, comments)
    last_list = ""
    while (line := lines.peek()) is not None:
        number = lines.number
        marker = _MARKER.fullmatch(line)
        if marker and marker[1] == block.marker and marker[2] == "STOP":
            lines.at += 1
            return builder.finish()
        if marker:
            raise report.failure(
                number, f"{line.strip()} within {block.marker}_START, which no {block.marker}_STOP has ended"
            )
        if found := _COMMENT.fullmatch(line):
            builder.comments.append(found[1])
            lines.at += 1
        elif (match := _ASSIGNMENT.fullmatch(line)) and not builder.rows:
            last_list = match[1] if match[2].endswith((",", "<cont.>")) else ""
            if last_list:
                _join_continued(lines, report)
            _take(builder, _assignment(lines, report))
        elif match:
            raise report.failure(number, f"{match[1]} after data lines of {block.marker}; keywords come first")
        elif block.rows:
            builder.row(line.split(), number)
            lines.at += 1
        else:
            raise report.failure(number, f"this is no line of the form KEYWORD = value: {line.strip()[:60]!r}")
    raise report.failure(start, f"{block.marker}_START without {block.marker}_STOP")


def _join_continued(lines: _Lines, report: Report) -> None:
    """A list that the printed book breaks over two lines is read as one, with a warning: KVN knows no continuation."""
    head = _CONTINUED.sub("", lines.text[lines.at]).rstrip()
    following = lines.text[lines.at + 1] if lines.at + 1 < len(lines.text) else ""
    if not following or "=" in following or _MARKER.fullmatch(following):
        return
    report.warn(lines.number, "continuation", "a value that goes on in the next line; KVN knows no continuation")
    lines.text[lines.at] = f"{head} {following.strip()}"
    lines.text[lines.at + 1] = ""


def _state_lines(time_system: str, lines: _Lines, report: Report) -> tuple[States | None, list[str]]:
    """The states under the cursor, and comments among them; comments after the last state stay for what follows."""
    chosen: list[str] = []
    numbers: list[int] = []
    comments: list[str] = []
    held: list[str] = []  # comments of which it is not yet known whether a state follows
    at, text = lines.at, lines.text
    after = at
    while at < len(text):
        line = text[at]
        head = line.lstrip()[:1]
        at += 1
        if head.isdigit():
            chosen.append(line)
            numbers.append(at)
            comments += held
            held = []
            after = at
        elif head:
            found = _COMMENT.fullmatch(line)
            if not found:
                break
            held.append(found[1])
    lines.at = after
    return read_states(chosen, numbers, time_system, report), comments


def _covariances(block: BlockGrammar, lines: _Lines, pending: list[str], report: Report) -> list[Block]:
    """The matrices between COVARIANCE_START and COVARIANCE_STOP: EPOCH, a frame if need be, six rows of 1 to 6 numbers."""
    start = lines.at
    found: list[Block] = []
    comments = [*pending, *lines.comments()]
    while (line := lines.peek()) is not None and line.strip() != "COVARIANCE_STOP":
        builder = BlockBuilder(block, report, lines.number, comments)
        while (line := lines.peek()) is not None and (match := _ASSIGNMENT.fullmatch(line)):
            if match[1] not in ("EPOCH", "COV_REF_FRAME"):
                raise report.failure(
                    lines.number, f"{match[1]} is no keyword of an OEM's covariance; EPOCH and COV_REF_FRAME are"
                )
            _take(builder, _assignment(lines, report))
            builder.comments += lines.comments()
        for names in COVARIANCE_TRIANGLE:
            number = lines.number
            cells = (lines.peek() or "").split()
            if len(cells) != len(names) or not cells[0][-1].isdigit():
                raise report.failure(
                    number, f"a row of {len(names)} number{'s' * (len(names) > 1)} of the covariance is due here"
                )
            lines.at += 1
            for name, cell in zip(names, cells, strict=True):
                builder.add(name, cell, None, number)
        found.append(builder.finish())
        comments = lines.comments()
    if lines.peek() is None:
        raise report.failure(start, "COVARIANCE_START without COVARIANCE_STOP")
    if not found:
        report.problem(start, "there is no matrix between COVARIANCE_START and COVARIANCE_STOP")
    lines.at += 1
    return found
