"""A Report as one HTML file: styles and drawings inside, nothing fetched, only its figures' own pages run; it prints on A4."""

import base64
import hashlib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from importlib.resources import files
from typing import Any

from ..core.findings import by_gravity
from . import theme
from .pieces import (
    Block,
    Cell,
    Facts,
    Figure,
    FindingsBlock,
    KeyFigure,
    KeyFigures,
    Report,
    Row,
    Section,
    Side,
    SourceLike,
    SourcesBlock,
    Table,
    Text,
)
from .svg import aspect, embed
from .tables import DASH, Shown, is_numeric, number, quantity, show

_PACKAGE = __name__.rpartition(".")[0]
_LABEL = re.compile(r"\[\[([^\[\]]+)\]\]")


def render(report: Report) -> str:
    """The report as one HTML document (UTF-8 text): table of contents, numbered figures and tables, footnoted sources.

    The same report gives the same bytes. Raises ValueError for a reference to a label that no figure or table has, for a
    label used twice and for drawings that are not self-contained.
    """
    context = _Context()
    _number_pieces(report.sections, context)
    sections = [_section(s, (i,), context) for i, s in enumerate(report.sections, 1)]
    return (
        _environment()
        .get_template("report.html")
        .render(
            report=report, sections=sections, css=_css(), theme=theme, grades=theme.GRADES, context=context,
            scripts=_scripts(report.sections),
        )
    )  # fmt: skip


def _scripts(sections: Sequence[Section]) -> list[str]:
    """The digests by which the figures' pages, and no other script, may run."""
    pages = [piece.page for piece in _pieces(sections) if isinstance(piece, Figure)]
    texts = [text for page in pages for text in re.findall(r"<script>(.*?)</script>", page, re.DOTALL)]
    return [base64.b64encode(hashlib.sha256(text.encode()).digest()).decode() for text in texts]


@dataclass
class _Context:
    """Running numbers of one rendering."""

    names: dict[str, str] = field(default_factory=dict)  # label → "Figure 3"
    numbers: dict[int, int] = field(default_factory=dict)  # id of piece → number
    sources: dict[tuple[str, str], int] = field(default_factory=dict)

    def cite(self, sources: Sequence[SourceLike]) -> list[tuple[int, str]]:
        """Footnote numbers with grades; a source keeps the number of its first use."""
        result = []
        for source in sources:
            key = (str(source.grade), source.citation)
            if key[0] not in theme.GRADES:
                raise ValueError(f"a source has the grade {key[0]!r}; it is one of {', '.join(theme.GRADES)}")
            result.append((self.sources.setdefault(key, len(self.sources) + 1), key[0]))
        return sorted(set(result))


def _pieces(blocks: Sequence[Any]) -> Iterator[Any]:
    for block in blocks:
        if isinstance(block, Section):
            yield from _pieces(block.blocks)
        elif isinstance(block, Side):
            yield from _pieces(block.items)
        elif isinstance(block, tuple):
            yield from _pieces(block)
        else:
            yield block


def _number_pieces(sections: Sequence[Section], context: _Context) -> None:
    counts = {Figure: 0, Table: 0}
    for piece in _pieces(sections):
        kind = type(piece)
        if kind not in counts:
            continue
        counts[kind] += 1
        context.numbers[id(piece)] = counts[kind]
        if piece.label:
            if piece.label in context.names:
                raise ValueError(f"two figures or tables have the label {piece.label!r}")
            context.names[piece.label] = f"{kind.__name__} {counts[kind]}"


def _section(section: Section, number_: tuple[int, ...], context: _Context) -> dict:
    blocks, children = [], 0
    for block in section.blocks:
        if isinstance(block, Section):
            children += 1
            blocks.append({"kind": "section", **_section(block, (*number_, children), context)})
        else:
            blocks.append(_block(block, context))
    return {
        "title": section.title,
        "number": ".".join(map(str, number_)),
        "anchor": "s" + "-".join(map(str, number_)),
        "level": len(number_) + 1,
        "blocks": blocks,
        "new_page": section.new_page,
        "children": [b for b in blocks if b["kind"] == "section"],
    }


def _block(block: Block | tuple, context: _Context) -> dict:
    match block:
        case tuple():
            return {"kind": "stack", "blocks": [_block(b, context) for b in block]}
        case Text():
            paragraphs = [p.strip() for p in re.split(r"\n\s*\n", block.text.strip())]
            return {
                "kind": "text",
                "paragraphs": [_linked(p, context) for p in paragraphs],
                "notes": context.cite(block.sources),
            }
        case Figure():
            n = context.numbers[id(block)]
            width = block.height_mm / aspect(block.svg) if block.height_mm and not block.page else None
            return {
                "kind": "figure",
                "number": n,
                "svg": "" if block.page else embed(block.svg, f"f{n}-"),
                "page": block.page,
                "caption": _linked(block.caption, context),
                "width": width,
                "notes": context.cite(block.sources),
            }
        case Table():
            return {"kind": "table", "number": context.numbers[id(block)], **_table(block, context)}
        case KeyFigures():
            return {"kind": "key_figures", "items": [(k, _key_value(k)) for k in block.items]}
        case Facts():
            return {"kind": "facts", "items": [_fact(item, context) for item in block.items]}
        case FindingsBlock():
            return _findings(block)
        case SourcesBlock():
            context.cite(block.more)
            return {"kind": "sources", "sources": context.sources}
        case Side():
            widths = block.widths or (1.0,) * len(block.items)
            if len(widths) != len(block.items):
                raise ValueError(f"Side has {len(block.items)} items and {len(widths)} widths")
            return {
                "kind": "side",
                "blocks": [_block(b, context) for b in block.items],
                "columns": " ".join(f"minmax(0, {w:g}fr)" for w in widths),
            }
    raise TypeError(f"a report cannot hold a {type(block).__name__}")


def _linked(text: str, context: _Context) -> Any:
    from markupsafe import Markup, escape

    def link(match: re.Match) -> str:
        if match[1] not in context.names:
            raise ValueError(f"[[{match[1]}]] refers to no figure or table of this report")
        name = context.names[match[1]]
        return f'<a href="#{name.lower().replace(" ", "-")}">{name.replace(" ", "&nbsp;")}</a>'

    return Markup(_LABEL.sub(link, str(escape(text))))  # noqa: S704 escaped first, then our own links


def _key_value(item: KeyFigure) -> str:
    if item.value is None:
        return DASH
    return item.value if isinstance(item.value, str) else number(float(item.value) * item.scale, item.digits)


def _fact(item: tuple, context: _Context) -> dict:
    name, value, unit = (*item, "")[:3]
    notes = context.cite(value.sources) if isinstance(value, Cell) else []
    if isinstance(value, Cell):
        unit = value.unit or unit
        shown = (
            value.value
            if isinstance(value.value, str)
            else quantity(value.value, "", value.digits or 4, value.scale or 1.0, value.decimals)
        )
    else:
        shown = value if isinstance(value, str) else quantity(value, "", 4)
    return {"name": name, "value": shown, "unit": unit, "notes": notes}


def _table(table: Table, context: _Context) -> dict:
    rows = [row if isinstance(row, Row) else Row(tuple(row)) for row in table.rows]
    for row in rows:
        if row.kind != "group" and len(row.cells) != len(table.columns):
            raise ValueError(
                f"table {table.caption!r}: a row has {len(row.cells)} cells for {len(table.columns)} columns"
            )
    shown = [
        [] if row.kind == "group" else [show(c, col) for c, col in zip(row.cells, table.columns, strict=True)]
        for row in rows
    ]
    numeric = [is_numeric(s[i] for s in shown if s) for i in range(len(table.columns))]
    fractions = [max((_fraction_width(s[i]) for s in shown if s), default=0.0) for i in range(len(table.columns))]
    out = []
    for row, cells in zip(rows, shown, strict=True):
        values = [
            {
                "shown": s,
                "numeric": n and s.numeric,
                "right": n,
                "notes": context.cite(c.sources) if isinstance(c, Cell) else [],
                "link": _page(c.link) if isinstance(c, Cell) else "",
            }
            for s, n, c in zip(cells, numeric, row.cells, strict=row.kind != "group")
        ]
        title = str(row.cells[0]) if row.kind == "group" else ""
        out.append({"kind": row.kind, "indent": row.indent, "cells": values, "title": title})
    columns = [{"title": c.title, "unit": c.unit, "right": n} for c, n in zip(table.columns, numeric, strict=True)]
    return {
        "columns": columns,
        "rows": out,
        "caption": _linked(table.caption, context),
        "note": _linked(table.note, context),
        "fractions": fractions,
        "has_units": any(c.unit for c in table.columns),
    }


def _page(path: str) -> str:
    """A path of another page beside this one. Raises ValueError for what would lead elsewhere."""
    if path.startswith("/") or ":" in path or "\\" in path or ".." in path.split("/"):
        raise ValueError(f"a link of a report is a path from its own folder downwards, not {path!r}")
    return path


def _fraction_width(shown: Shown) -> float:
    """Width of the fraction in digits; a point is about half a digit."""
    return len(shown.fraction) - 0.45 if shown.fraction else 0.0


def _findings(block: FindingsBlock) -> dict:
    ordered = by_gravity(block.findings)
    counts = {name: sum(str(f.severity) == name for f in ordered) for name in ("ERROR", "WARN", "UNKNOWN", "OK")}
    rows = [f for f in ordered if block.show_ok or str(f.severity) != "OK"]
    return {
        "kind": "findings",
        "counts": counts,
        "rows": rows,
        "has_margin": any(f.margin is not None for f in rows),
        "margin": lambda m: "" if m is None else quantity(m, "%", 2, 100.0) if abs(m) >= 0.001 else "0\u00a0%",
    }


def _css() -> str:
    text = (files(_PACKAGE) / "templates" / "report.css").read_text(encoding="utf-8")
    colours = {"ink": theme.INK, "muted": theme.MUTED, "rule": theme.RULE, "faint": theme.FAINT, "accent": theme.ACCENT}
    severities = {f"severity-{name.lower()}": colour for name, colour in theme.SEVERITY.items()}
    variables = "".join(f"--{name}: {value};" for name, value in {**colours, **severities}.items())
    return f":root {{ {variables} --font: {theme.FONT_STACK}; }}\n{text}"


def _css_string(text: str) -> Any:
    """A quoted CSS string that can end neither itself nor the style element."""
    from markupsafe import Markup

    escaped = re.sub(r'[\\"<>\x00-\x1f]', lambda m: f"\\{ord(m[0]):x} ", text)
    return Markup(f'"{escaped}"')  # noqa: S704 escaped for CSS, in a style element


@lru_cache(maxsize=1)
def _environment() -> Any:
    from jinja2 import Environment, PackageLoader, StrictUndefined
    from markupsafe import Markup

    environment = Environment(
        loader=PackageLoader(_PACKAGE, "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["css_string"] = _css_string
    environment.filters["trusted"] = Markup  # drawings that passed svg.embed, and our own style sheet; nothing else
    return environment
