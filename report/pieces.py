"""What a report is made of: frozen pieces that any discipline can fill from plain numbers, strings and SVG."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal, Protocol, TypeAlias, runtime_checkable


@runtime_checkable
class SourceLike(Protocol):
    """Where a value comes from: `core.documents.Source` fits."""

    @property
    def grade(self) -> str: ...
    @property
    def citation(self) -> str: ...


@dataclass(frozen=True)
class SourceNote:
    """A source for those who have no document: grade read, secondary, recalled or estimate, and the citation."""

    grade: str
    citation: str


@dataclass(frozen=True)
class Text:
    """Paragraphs of plain text, parted by blank lines. `[[label]]` becomes "Figure 3" or "Table 2", linked."""

    text: str
    sources: tuple[SourceLike, ...] = ()


@dataclass(frozen=True)
class Figure:
    """An SVG (whole `<svg>` element) with its caption; `height_mm` keeps a tall drawing from filling the page.

    page: in its place a whole HTML page that the reader can handle, such as a body that turns; it runs shut off in a frame.
    """

    svg: str
    caption: str
    label: str = ""
    height_mm: float | None = None
    sources: tuple[SourceLike, ...] = ()
    page: str = ""


@dataclass(frozen=True)
class Column:
    """One column. Numbers are multiplied by `scale` (SI to the unit shown) and aligned at the decimal point.

    Give `decimals` for a fixed count, or `digits` significant ones. A column of text needs neither. Where rows have units of
    their own, points have nothing to say to one another: align="right".
    """

    title: str
    unit: str = ""
    digits: int = 4
    decimals: int | None = None
    scale: float = 1.0
    align: Literal["decimal", "right"] = "decimal"


@dataclass(frozen=True)
class Cell:
    """A value with its sources (footnotes) or with its own digits: decimals or significant digits override the column."""

    value: Any
    sources: tuple[SourceLike, ...] = ()
    digits: int | None = None
    decimals: int | None = None
    scale: float | None = None
    unit: str = ""  # shown after the value, for a column with mixed units
    link: str = ""  # another page, by its path from this one


@dataclass(frozen=True)
class Row:
    """A row that is more than its values: `group` is a heading across the table, `total` stands under a rule."""

    cells: tuple[Any, ...]
    kind: Literal["", "group", "total"] = ""
    indent: int = 0


@dataclass(frozen=True)
class Table:
    """A numbered table. Values: float, int, str, bool, Cell, or None for what is not known (shown as a dash)."""

    columns: tuple[Column, ...]
    rows: Sequence[Row | Sequence[Any]]
    caption: str
    label: str = ""
    note: str = ""


@dataclass(frozen=True)
class KeyFigure:
    """A number that the reader came for; the value as text or number (then with `digits`), a small note under it."""

    label: str
    value: Any
    unit: str = ""
    note: str = ""
    digits: int = 4
    scale: float = 1.0


@dataclass(frozen=True)
class KeyFigures:
    """The few numbers at the top of a report, side by side."""

    items: tuple[KeyFigure, ...]


@dataclass(frozen=True)
class Facts:
    """Name and value pairs in a compact list: (name, value) or (name, value, unit)."""

    items: tuple[tuple[Any, ...], ...]


@dataclass(frozen=True)
class FindingsBlock:
    """Findings (severity, rule, where, message, margin), gravest first, those that are OK last and quiet."""

    findings: Sequence[Any]
    show_ok: bool = True


@dataclass(frozen=True)
class SourcesBlock:
    """The numbered list of every source cited in the report, in order of first use, and of `more` that nothing cites."""

    more: tuple[SourceLike, ...] = ()


@dataclass(frozen=True)
class Side:
    """Blocks side by side: each item a block or a tuple of blocks; `widths` are shares, e.g. (1, 2)."""

    items: tuple[Any, ...]
    widths: tuple[float, ...] = ()


@dataclass(frozen=True)
class Section:
    """A heading with blocks under it; a Section among the blocks is a subsection. `new_page` starts a page in print."""

    title: str
    blocks: tuple["Block | Section", ...]
    new_page: bool = False


Block: TypeAlias = Text | Figure | Table | KeyFigures | Facts | FindingsBlock | SourcesBlock | Side


@dataclass(frozen=True)
class Report:
    """A whole report; `facts` (name, value) stand under the title, `footer` at its end and on printed pages."""

    title: str
    subtitle: str = ""
    facts: tuple[tuple[str, str], ...] = ()
    sections: tuple[Section, ...] = ()
    footer: str = "OSEA-Rocket"
    language: str = "en"

    def section(self, title: str, *blocks: "Block | Section", new_page: bool = False) -> "Report":
        """This report with one section more."""
        return replace(self, sections=(*self.sections, Section(title, tuple(blocks), new_page)))

    def html(self) -> str:
        """One self-contained HTML file: see `report.html.render`."""
        from .html import render

        return render(self)
