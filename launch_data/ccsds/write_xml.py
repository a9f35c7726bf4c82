"""Writing XML (CCSDS 505.0-B-3, the unqualified schemas): one message, or several within `ndm`."""

from collections.abc import Iterator, Sequence
from xml.sax.saxutils import escape, quoteattr

from .grammar import BlockGrammar, Grammar, grammar
from .message import Block, Message, Segment, States, Value
from .values import number_text

_SCHEMA = "https://sanaregistry.org/r/ndmxml_unqualified/ndmxml-3.0.0-master-3.0.xsd"
_HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?>',
    '<{tag} xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:noNamespaceSchemaLocation="{schema}"{more}>',
)
_STATE = (("X", "km"), ("Y", "km"), ("Z", "km"), ("X_DOT", "km/s"), ("Y_DOT", "km/s"), ("Z_DOT", "km/s"))
_ACCELERATION = (("X_DDOT", "km/s**2"), ("Y_DDOT", "km/s**2"), ("Z_DDOT", "km/s**2"))


def write_xml(*messages: Message) -> str:
    """The message as XML text; several become one `ndm`."""
    if len(messages) == 1:
        book = grammar(messages[0].kind)
        more = f' id="{book.version_keyword}" version="{messages[0].version}"'
        lines = [
            _HEAD[0],
            _HEAD[1].format(tag=book.kind, schema=_SCHEMA, more=more),
            *_message(book, messages[0]),
            f"</{book.kind}>",
        ]
    else:
        lines = [_HEAD[0], _HEAD[1].format(tag="ndm", schema=_SCHEMA, more="")]
        for message in messages:
            book = grammar(message.kind)
            lines.append(f'<{book.kind} id="{book.version_keyword}" version="{message.version}">')
            lines += [*_message(book, message), f"</{book.kind}>"]
        lines.append("</ndm>")
    return "\n".join(lines) + "\n"


def _message(book: Grammar, message: Message) -> Iterator[str]:
    yield from _block(book.block("header"), message.header)
    yield "<body>"
    for segment in message.segments:
        yield from _segment(book, segment)
    yield "</body>"


def _segment(book: Grammar, segment: Segment) -> Iterator[str]:
    yield "<segment>"
    yield from _block(book.block("metadata"), segment.metadata)
    yield "<data>"
    yield from _comments(segment.comments)
    if segment.states is not None:
        yield from _states(segment.states)
    for block in segment.data:
        yield from _block(book.block(block.name), block)
    yield "</data>"
    yield "</segment>"


def _block(spec: BlockGrammar, block: Block) -> Iterator[str]:
    yield f"<{spec.name}>"
    yield from _comments(block.comments)
    values: Sequence[tuple[str, Value]] = block.values
    if spec.name == "covarianceMatrix":  # the schema wants the book's order
        order = list(spec.fields)
        values = sorted(values, key=lambda item: (item[0] != "EPOCH", order.index(item[0])))
    for keyword, value in values:
        if spec.user:
            name = quoteattr(keyword.removeprefix("USER_DEFINED_"))
            yield f"<USER_DEFINED parameter={name}>{escape(_text(keyword, value))}</USER_DEFINED>"
        else:
            yield _element(keyword, _text(keyword, value), spec.fields[keyword].unit)
    yield from (f"<{spec.rows}>{escape(' '.join(row))}</{spec.rows}>" for row in block.rows)
    yield f"</{spec.name}>"


def _text(keyword: str, value: Value) -> str:
    if isinstance(value, tuple):
        cells = ", ".join(value)
        return f"[{cells}]" if keyword.endswith("_UNITS") else cells
    return value if isinstance(value, str) else number_text(value)


def _element(keyword: str, text: str, unit: str) -> str:
    units = f" units={quoteattr(unit)}" if unit else ""
    return f"<{keyword}{units}>{escape(text)}</{keyword}>"


def _states(states: States) -> Iterator[str]:
    for i, epoch in enumerate(states.epochs):
        yield "<stateVector>"
        yield _element("EPOCH", epoch, "")
        for (keyword, unit), value in zip(_STATE, states.states[i].tolist(), strict=True):
            yield _element(keyword, number_text(value), unit)
        if states.accelerated[i]:
            for (keyword, unit), value in zip(_ACCELERATION, states.accelerations[i].tolist(), strict=True):
                yield _element(keyword, number_text(value), unit)
        yield "</stateVector>"


def _comments(texts: tuple[str, ...]) -> Iterator[str]:
    yield from (f"<COMMENT>{escape(text)}</COMMENT>" for text in texts)
