"""YAML 1.2 core, strictly: every node keeps its place in the file, and what could surprise is refused.

Refused: duplicate keys, anchors and aliases, explicit tags, several documents in one file, keys that are not plain
text, directives, numbers with leading zeros (octal once), control characters, what is too long, too deep or too large.
Scalars follow YAML 1.2: ``no`` and ``12:30`` are text, ``1e6`` is a number, only ``true`` and ``false`` are flags.
"""

import math
import re
import stat
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

_INT = re.compile(r"[-+]?[0-9]+")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_LEADING_ZERO = re.compile(r"[-+]?0[0-9]+")
_NOT_TEXT = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff]")  # \x85 is a line end to YAML
_MAX_BYTES = 2_000_000  # a few seconds of PyYAML
_MAX_DEPTH = 60
_KEPT = 60_000  # characters: nodes of longer texts take too much room to be kept
_MAX_DIGITS = 300  # of one number; Python itself refuses more than 4300


@dataclass(frozen=True)
class Problem:
    """One thing wrong at one place of a file; lines and columns count from 1."""

    file: str
    line: int
    column: int
    text: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}: {self.text}"


class YamlError(Exception):
    """The file is not the YAML that we read; *unreadable*: there is no file to read."""

    def __init__(self, problem: Problem, unreadable: bool = False) -> None:
        self.problem, self.unreadable = problem, unreadable
        super().__init__(str(problem))


class _Loader(yaml.SafeLoader):
    """SafeLoader's composer without aliases, tags, directives and endless depth."""

    depth = 0

    def compose_document(self) -> Node | None:
        event = self.peek_event()
        if isinstance(event, yaml.DocumentStartEvent) and (event.version or event.tags):
            raise yaml.MarkedYAMLError(
                problem="directives (lines that begin with %) are not used in definition files; remove the line",
                problem_mark=event.start_mark,
            )
        return super().compose_document()

    def compose_node(self, parent: Node | None, index: int) -> Node | None:
        event = self.peek_event()
        if isinstance(event, yaml.ScalarEvent) and _NOT_TEXT.search(event.value):
            raise yaml.MarkedYAMLError(
                problem="the text holds a control character or half a surrogate pair, written as an escape",
                problem_mark=event.start_mark,
            )
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            raise yaml.MarkedYAMLError(
                problem="anchors and aliases (& and *) are not used in definition files; write the value out, "
                "or quote a text that begins with & or *",
                problem_mark=event.start_mark,
            )
        if getattr(event, "tag", None):
            raise yaml.MarkedYAMLError(
                problem=f"the tag {event.tag} is not used in definition files; remove it, or quote the text",
                problem_mark=event.start_mark,
            )
        self.depth += 1
        if self.depth > _MAX_DEPTH:
            raise yaml.MarkedYAMLError(problem=f"nested deeper than {_MAX_DEPTH}", problem_mark=event.start_mark)
        node = super().compose_node(parent, index)
        self.depth -= 1
        return node


def compose(path: Path, name: str) -> tuple[Node, bytes]:
    """The file's root node and its exact bytes; *name* is what messages call the file. Raises YamlError."""

    def failed(text: str, line: int = 1, column: int = 1, unreadable: bool = False) -> YamlError:
        return YamlError(Problem(name, line, column, text), unreadable)

    try:
        status = path.stat()
        if stat.S_ISDIR(status.st_mode):
            raise failed("this is a folder; name the file in it", unreadable=True)
        if not stat.S_ISREG(status.st_mode):  # a device or a pipe might never end
            raise failed("not a plain file", unreadable=True)
        if status.st_size > _MAX_BYTES:
            raise failed(f"larger than {_MAX_BYTES // 1_000_000} MB: not a definition file", unreadable=True)
        raw = path.read_bytes()
    except FileNotFoundError:
        raise failed(f"there is no such file{_similar(path)}", unreadable=True) from None
    except (OSError, ValueError) as error:  # ValueError: a name that no file can have
        text = getattr(error, "strerror", None) or str(error)
        raise failed(f"cannot be read: {text}", unreadable=True) from None
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        raise failed("not UTF-8 text; save the file as UTF-8", line) from None
    try:
        node = _nodes(text) if len(text) > _KEPT else _nodes_kept(text)
    except yaml.MarkedYAMLError as error:
        open_ended = error.problem == "found unexpected end of stream"
        mark = (error.context_mark if open_ended else None) or error.problem_mark or error.context_mark
        problem = _explain(error.problem or error.context or "not YAML")
        raise failed(problem, mark.line + 1 if mark else 1, mark.column + 1 if mark else 1) from None
    except yaml.reader.ReaderError as error:
        line = text[: error.position].count("\n") + 1
        column = error.position - text.rfind("\n", 0, error.position)
        raise failed(f"a control character (code {error.character}) is in the file", line, column) from None
    except _SlipError as error:
        raise failed(f"not YAML that can be read ({error})", error.line, error.column) from None
    if node is None:
        raise failed("the file is empty")
    return node, raw


class _SlipError(Exception):
    """PyYAML's own slips, such as chr() on the escape \\UFFFFFFFF, with where it was."""

    def __init__(self, error: Exception, line: int, column: int) -> None:
        self.line, self.column = line, column
        super().__init__(str(error))


def _nodes(text: str) -> Node | None:
    """The text's root node."""
    loader = None
    try:
        loader = _Loader(text)
        return loader.get_single_node()
    except (yaml.MarkedYAMLError, yaml.reader.ReaderError):
        raise
    except (ArithmeticError, LookupError, TypeError, ValueError, RecursionError) as error:
        mark = loader.get_mark() if loader else None
        raise _SlipError(error, *((mark.line + 1, mark.column + 1) if mark else (1, 1))) from None
    finally:
        if loader:
            loader.dispose()


_nodes_kept = lru_cache(maxsize=128)(_nodes)
"""Of files that are read again and again (a vehicle's modules by each study of it); nobody changes a node."""


def _similar(path: Path) -> str:
    import difflib

    try:
        names = [entry.name for entry in path.parent.iterdir()]
    except OSError:
        return f" (the folder {path.parent} is not there either)"
    near = difflib.get_close_matches(path.name, names, 1)
    return f"; did you mean '{near[0]}'?" if near else ""


def _explain(problem: str) -> str:
    hints = {
        "found character '\\t' that cannot start any token": "a tab indents this line; use spaces",
        "found unexpected end of stream": "a quotation mark opens here, and none closes the text",
        "mapping values are not allowed here": "a second ': ' on this line, or a wrong indent; quote a text that holds ': '",
        "expected a single document in the stream": "a second document begins here ('---'); one file holds one document",
        "but found another document": "a second document begins here ('---'); one file holds one document",
    }
    return hints.get(problem, problem)


def plain(node: Node, file: str, problems: list[Problem]) -> Any:
    """The node as dicts, lists and scalars; duplicate and odd keys and numbers are added to *problems*."""
    if isinstance(node, MappingNode):
        result: dict[str, Any] = {}
        for key, value in node.value:
            if not isinstance(key, ScalarNode):
                problems.append(_at(file, key, "a field's name must be plain text"))
                continue
            if key.value == "<<":
                problems.append(
                    _at(file, key, "merge keys (<<) are not used in definition files; write the fields out")
                )
            elif key.value in result:
                problems.append(_at(file, key, f"'{key.value}' is given twice"))
            result[key.value] = plain(value, file, problems)
        return result
    if isinstance(node, SequenceNode):
        return [plain(item, file, problems) for item in node.value]
    text = node.value
    if isinstance(node, ScalarNode) and node.style is None and (_INT.fullmatch(text) or _FLOAT.fullmatch(text)):
        if _LEADING_ZERO.fullmatch(text):
            problems.append(
                _at(file, node, f"a number with leading zeros; write {text.lstrip('+-0') or '0'}, or quote it")
            )
        elif len(text) > _MAX_DIGITS or not math.isfinite(float(text)):
            problems.append(_at(file, node, "a number of this size or length cannot be meant"))
            return 0
    return scalar(node)


def _at(file: str, node: Node, text: str) -> Problem:
    return Problem(file, node.start_mark.line + 1, node.start_mark.column + 1, text)


def scalar(node: Node) -> str | int | float | bool | None:
    """A scalar node's value by the YAML 1.2 core schema (without octal, hex, inf and nan, which no file of ours needs)."""
    text: str = node.value
    if isinstance(node, ScalarNode) and node.style is not None:  # quoted or a block text
        return text
    if text in ("", "~", "null"):
        return None
    if text in ("true", "false"):
        return text == "true"
    if _INT.fullmatch(text):
        return int(text)
    if _FLOAT.fullmatch(text):
        return float(text)
    return text


class _Dumper(yaml.SafeDumper):
    """Quotes every text that would not read back as the same text (PyYAML leaves 1e6 bare, by YAML 1.1)."""


def _represent_text(dumper: yaml.SafeDumper, text: str) -> ScalarNode:
    node = dumper.represent_str(text)
    if _LEADING_ZERO.fullmatch(text) or scalar(ScalarNode("", text)) != text:
        node.style = "'"
    return node


_Dumper.add_representer(str, _represent_text)


def dump(data: Any) -> str:
    """Plain data as YAML that reads back equal."""
    return yaml.dump(data, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=120)


def find(node: Node, loc: tuple[str | int, ...]) -> Node:
    """The node at *loc*; parts that do not occur in the file (union tags, validators' names) are skipped."""
    for part in loc:
        if isinstance(node, MappingNode):
            node = next((value for key, value in node.value if key.value == str(part)), node)
        elif isinstance(node, SequenceNode) and isinstance(part, int) and part < len(node.value):
            node = node.value[part]
    return node


def find_key(node: Node, key: str | int) -> Node:
    """The key's own node in a mapping, for pointing at a field that should not be there; else the node itself."""
    if isinstance(node, MappingNode):
        return next((k for k, _ in node.value if k.value == str(key)), node)
    return node
