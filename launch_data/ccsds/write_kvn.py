"""Writing KVN (502.0-B-3, section 7): keywords in the book's order, units beside numbers, one blank line between blocks."""

from collections.abc import Iterator

from ...core.errors import InputError
from .grammar import BlockGrammar, Field, Grammar, grammar
from .kvn_reader import LIMITED, LINE_LENGTH
from .message import Block, Message, Segment, States, Value
from .states import COVARIANCE_TRIANGLE
from .values import number_text

_NO_FIELD = Field("", "text", "", False)


def write_kvn(message: Message) -> str:
    """The message as KVN text. Raises InputError for text that KVN cannot carry (not ASCII, or lines over 254 characters)."""
    book = grammar(message.kind)
    lines = [f"{book.version_keyword} = {message.version}", *_block(book.block("header"), message.header)]
    for segment in message.segments:
        lines += ["", *_segment(book, segment)]
    for number, line in enumerate(lines, 1):
        if (len(line) > LINE_LENGTH and message.kind in LIMITED) or not line.isascii():
            wrong = f"would be {len(line)} characters long" if line.isascii() else "would hold characters beyond ASCII"
            raise InputError(f"line {number} {wrong}, which KVN does not allow; write XML, or change {line[:60]!r}")
    return "\n".join(lines) + "\n"


def _segment(book: Grammar, segment: Segment) -> Iterator[str]:
    yield from _marked(book.block("metadata"), segment.metadata)
    if segment.states is not None:
        yield ""
        yield from _comments(segment.comments)
        yield from state_lines(segment.states)
    if book.kind == "oem":
        if segment.data:
            yield "COVARIANCE_START"
            for block in segment.data:
                yield from _covariance(book.block(block.name), block)
            yield "COVARIANCE_STOP"
        return
    for block in segment.data:
        yield ""
        yield from _marked(book.block(block.name), block)
    if segment.states is None and segment.comments:
        yield from _comments(segment.comments)


def _marked(spec: BlockGrammar, block: Block) -> Iterator[str]:
    if spec.marker:
        yield f"{spec.marker}_START"
    yield from _block(spec, block)
    yield from (" ".join(row) for row in block.rows)
    if spec.marker:
        yield f"{spec.marker}_STOP"


def _block(spec: BlockGrammar, block: Block) -> Iterator[str]:
    yield from _comments(block.comments)
    for keyword, value in block.values:
        yield _assignment(spec.fields.get(keyword, _NO_FIELD), keyword, value)


def _assignment(spec: Field, keyword: str, value: Value) -> str:
    if isinstance(value, tuple):
        cells = ", ".join(value)
        return f"{keyword} = [{cells}]" if keyword.endswith("_UNITS") else f"{keyword} = {cells}"
    text = number_text(value) if isinstance(value, int | float) else value
    return f"{keyword} = {text} [{spec.unit}]" if spec.unit else f"{keyword} = {text}"


def _covariance(spec: BlockGrammar, block: Block) -> Iterator[str]:
    """A matrix of an OEM: epoch, frame, six rows."""
    yield from _comments(block.comments)
    for keyword in ("EPOCH", "COV_REF_FRAME"):
        if (value := block.get(keyword)) is not None:
            yield _assignment(spec.fields[keyword], keyword, value)
    for names in COVARIANCE_TRIANGLE:
        yield " ".join(number_text(block.number(name)) for name in names)


def state_lines(states: States) -> Iterator[str]:
    """The lines of an ephemeris: time, position, velocity and, where the file gave one, acceleration."""
    for i, epoch in enumerate(states.epochs):
        cells = [*states.states[i].tolist(), *(states.accelerations[i].tolist() if states.accelerated[i] else ())]
        yield " ".join([epoch, *(number_text(c) for c in cells)])


def _comments(texts: tuple[str, ...]) -> Iterator[str]:
    for text in texts:  # what is not ASCII is written as \\uXXXX
        yield f"COMMENT {text.encode('ascii', 'backslashreplace').decode()}".rstrip()
