"""XML as a tree with line numbers. No document type, no entities, no processing instructions: nothing can blow up."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NoReturn
from xml.parsers import expat

from ...core.errors import InputError

_BROKEN = re.compile(r"\s*[\r\n]+\s*")  # a text that goes on in the next line
DEEPEST = 16  # a CCSDS message needs eight levels


@dataclass
class Node:
    """One element: its tag without prefix, attributes, text, children, and the line on which it begins."""

    tag: str
    attributes: dict[str, str]
    line: int
    text: str = ""
    children: list["Node"] = field(default_factory=list)

    def child(self, tag: str) -> "Node | None":
        """The first child of that tag."""
        return next((c for c in self.children if c.tag == tag), None)

    def all(self, tag: str) -> Iterator["Node"]:
        """The children of that tag."""
        return (c for c in self.children if c.tag == tag)


def parse_xml(data: bytes, file: str, *, deepest: int = DEEPEST, kind: str = "CCSDS messages") -> Node:
    """The root element. Raises InputError, with the file's line, for what is no XML or is unsafe. kind: of file, for errors."""
    parser = expat.ParserCreate()
    stack: list[Node] = [Node("", {}, 0)]
    pieces: list[str] = []

    def refuse(what: str) -> NoReturn:
        raise InputError(f"{what}; {kind} have none", where=f"{file}:{parser.CurrentLineNumber}")

    def start(tag: str, attributes: dict[str, str]) -> None:
        if len(stack) > deepest:
            raise InputError(f"elements nested deeper than {deepest}", where=f"{file}:{parser.CurrentLineNumber}")
        node = Node(tag.rsplit(":", 1)[-1], attributes, parser.CurrentLineNumber)
        stack[-1].children.append(node)
        stack.append(node)
        pieces.clear()

    def end(_tag: str) -> None:
        node = stack.pop()
        if not node.children:
            node.text = _BROKEN.sub(" ", "".join(pieces)).strip()
        pieces.clear()

    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = pieces.append
    parser.StartDoctypeDeclHandler = lambda *_: refuse("a document type (DOCTYPE)")
    parser.EntityDeclHandler = lambda *_: refuse("an entity declaration")
    parser.ProcessingInstructionHandler = lambda *_: refuse("a processing instruction")
    try:
        parser.Parse(data, True)
    except expat.ExpatError as error:
        raise InputError(f"this is no XML: {expat.ErrorString(error.code)}", where=f"{file}:{error.lineno}") from None
    except (ValueError, LookupError) as error:
        raise InputError(f"this is no XML: {error}", where=f"{file}:1") from None
    return stack[0].children[0]
