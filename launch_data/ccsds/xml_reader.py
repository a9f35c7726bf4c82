"""Reading XML messages (CCSDS 505.0-B-3): one message, or several within `ndm`."""

from collections.abc import Iterable
from dataclasses import replace

from ...core.errors import InputError
from .builder import BlockBuilder, Report, check_version
from .grammar import KINDS, BlockGrammar, Grammar, grammar
from .message import Block, Message, Segment, States
from .rules import check
from .states import read_states
from .xml_tree import Node, parse_xml

_STATE = ("X", "Y", "Z", "X_DOT", "Y_DOT", "Z_DOT", "X_DDOT", "Y_DDOT", "Z_DDOT")


def read_xml(data: bytes, file: str, *, lenient: bool = False) -> tuple[Message, ...]:
    """The messages of an XML file; `file` is named in errors. Raises InputError with every problem, file and line."""
    root = parse_xml(data, file)
    if root.tag in KINDS:
        return (_message(root, file, lenient),)
    if root.tag != "ndm":
        raise InputError(
            f"<{root.tag}> is no message that this reads; it reads {', '.join(KINDS)} and ndm",
            where=f"{file}:{root.line}",
        )
    nodes = [n for n in root.children if n.tag not in ("COMMENT", "MESSAGE_ID")]
    for node in nodes:
        if node.tag not in KINDS:
            raise InputError(f"<{node.tag}> within <ndm> is no message that this reads", where=f"{file}:{node.line}")
    return tuple(_message(node, file, lenient) for node in nodes)


def _message(root: Node, file: str, lenient: bool) -> Message:
    book = grammar(root.tag)
    report = Report(file)
    version = root.attributes.get("version", "")
    check_version(book, version, report, root.line)
    if root.attributes.get("id") != book.version_keyword:
        report.problem(root.line, f'<{root.tag}> needs the attribute id="{book.version_keyword}"')
    header = _block(book.block("header"), _only(root, "header", report), report)
    body = _only(root, "body", report)
    segments = tuple(_segment(book, node, report) for node in body.all("segment"))
    if not segments:
        raise report.failure(body.line, "the message has no <segment>")
    if len(segments) > 1 and book.kind != "oem":
        report.problem(body.line, f"{book.kind.upper()} has one segment; this file has {len(segments)}")
    report.raise_problems()
    message = Message(root.tag, version, header, segments)
    check(message, report, lenient=lenient)
    return replace(message, findings=tuple(report.warnings))


def _only(parent: Node, tag: str, report: Report) -> Node:
    found = list(parent.all(tag))
    if not found:
        raise report.failure(parent.line, f"<{parent.tag}> has no <{tag}>")
    if len(found) > 1:
        raise report.failure(found[1].line, f"<{parent.tag}> has a second <{tag}>; there is one")
    return found[0]


def _segment(book: Grammar, node: Node, report: Report) -> Segment:
    metadata = _block(book.block("metadata"), _only(node, "metadata", report), report)
    data = _only(node, "data", report)
    blocks: list[Block] = []
    comments: list[str] = []
    states: list[Node] = []
    known = {b.name: b for b in book.data}
    for child in data.children:
        if child.tag == "COMMENT":
            comments.append(child.text)
        elif book.kind == "oem" and child.tag == "stateVector":
            states.append(child)
        elif spec := known.get(child.tag):
            blocks.append(_block(spec, child, report))
        else:
            report.problem(child.line, f"<{child.tag}> is no block of {book.kind.upper()}; it has {', '.join(known)}")
    for spec in book.data:
        found = [b for b in blocks if b.name == spec.name]
        if spec.required and not found:
            report.problem(data.line, f"the message has no <{spec.name}>")
        if len(found) > 1 and not spec.repeats:
            report.problem(found[1].line, f"<{spec.name}> stands twice; the book allows it once")
    ephemeris = _states(states, data, metadata.text("TIME_SYSTEM", "UTC"), report) if book.kind == "oem" else None
    return Segment(metadata, tuple(blocks), ephemeris, tuple(comments))


def _block(spec: BlockGrammar, node: Node, report: Report) -> Block:
    builder = BlockBuilder(spec, report, node.line)
    for child in node.children:
        if child.tag == "COMMENT":
            builder.comments.append(child.text)
        elif spec.rows and child.tag == spec.rows:
            builder.row(child.text.split(), child.line)
        elif spec.user and child.tag == "USER_DEFINED":
            builder.add(f"USER_DEFINED_{child.attributes.get('parameter', '')}", child.text, None, child.line)
        else:
            builder.add(child.tag, child.text, child.attributes.get("units"), child.line)
    return builder.finish()


def _states(nodes: Iterable[Node], data: Node, time_system: str, report: Report) -> States | None:
    """The state vectors as the lines that they are in KVN."""
    lines: list[str] = []
    numbers: list[int] = []
    for node in nodes:
        cells = {c.tag: c.text for c in node.children}
        wanted = _STATE if "X_DDOT" in cells else _STATE[:6]
        if missing := [k for k in ("EPOCH", *wanted) if not cells.get(k)]:
            report.problem(node.line, f"a state vector lacks {', '.join(missing)}")
            continue
        lines.append(" ".join([cells["EPOCH"], *(cells[k] for k in wanted)]))
        numbers.append(node.line)
    if not lines:
        report.problem(data.line, "the segment has no states; an OEM segment has at least one")
        return None
    return read_states(lines, numbers, time_system, report)
