"""The bits of a message as a drawing: rows of 32 bits, the first octet at the left, its most significant bit first."""

from itertools import pairwise
from xml.sax.saxutils import escape

from ...report import theme
from ..layout_types import ResolvedMessage
from .outputs import element_fields

BITS = 32
_CELL, _LEFT, _TOP, _ROW = 20.0, 34.0, 20.0, 26.0
_LETTER = 5.1  # width of a letter at the labels' size
_FILL = {"header": theme.FAINT, "data": "#ffffff", "padding": "#ffffff", "checksum": "#f6efe0"}


def runs(m: ResolvedMessage) -> list[tuple[int, int, str, str, int]]:
    """(first bit, bits, label, role, piece): stretches of neighbouring bits of one element, first bit first in the message.

    piece counts an element's stretches: a little-endian field across octets has several.
    """
    owner: dict[int, tuple[str, str]] = {}
    for f in m.fields:
        for name, single in element_fields(f):
            name = name.removeprefix("ccsds_")  # a packet's primary header is known by its shade
            label = "" if f.kind == "padding" else name if not f.is_array else f"{f.name}.{_suffix(name, f.name)}"
            for bit in single.occupied():
                owner[bit] = (label, "padding" if f.kind == "padding" else f.role)
    found: list[tuple[int, int, str, str, int]] = []
    pieces: dict[str, int] = {}
    bits = sorted(owner)
    cuts = [0, *(i + 1 for i, (a, b) in enumerate(pairwise(bits)) if owner[a] != owner[b] or b != a + 1), len(bits)]
    for a, b in pairwise(cuts):
        if a == b:
            continue
        label, role = owner[bits[a]]
        pieces[label] = pieces.get(label, 0) + 1
        found.append((bits[a], b - a, label, role, pieces[label]))
    return found


def _suffix(name: str, field: str) -> str:
    return name[len(field) + 1 :]


def svg(m: ResolvedMessage, longest: int = 34) -> str:
    """The drawing; rows after *longest* are left out and said to be."""
    rows = -(-8 * m.size // BITS)
    shown = min(rows, longest)
    width, height = _LEFT + BITS * _CELL + 2, _TOP + shown * _ROW + (18 if rows > shown else 4)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:g} {height:g}" '
        f'font-family="{escape(theme.FONT_STACK, {chr(34): "&quot;"})}" font-size="9.5" fill="{theme.INK}">'
    ]
    for bit in (0, 7, 8, 15, 16, 23, 24, 31):
        x = _LEFT + (bit + 0.5) * _CELL
        parts.append(_text(x, _TOP - 6, str(bit), theme.MUTED, 7.5))
    for row in range(shown):
        y = _TOP + row * _ROW
        end = (
            f'<text x="{_LEFT - 7:g}" y="{y + _ROW / 2 + 3:g}" text-anchor="end" font-size="7.5" fill="{theme.MUTED}">'
        )
        parts.append(f"{end}{row * BITS // 8}</text>")
    for first, count, label, role, piece in runs(m):
        parts += _stretch(first, count, label, role, piece, shown)
    # octet borders as ticks, so that bits can be counted without crossing the names
    for row in range(shown):
        for octet in range(1, BITS // 8):
            if (row * BITS // 8) + octet < m.size:
                x, y = _LEFT + octet * 8 * _CELL, _TOP + row * _ROW
                parts.append(
                    f'<path d="M{x:g} {y:g}v3M{x:g} {y + _ROW:g}v-3" stroke="{theme.MUTED}" stroke-width="0.8"/>'
                )
    if rows > shown:
        parts.append(
            _text(_LEFT + 16 * _CELL, height - 5, f"… {m.size - shown * BITS // 8} octets more", theme.MUTED, 8.5)
        )
    return "".join([*parts, "</svg>"])


def _stretch(first: int, count: int, label: str, role: str, piece: int, shown: int) -> list[str]:
    """A stretch as one box for each row that it touches; the name stands in the widest."""
    boxes: list[tuple[float, float, float]] = []
    at, left = first, count
    while left > 0 and at // BITS < shown:
        n = min(left, BITS - at % BITS)
        boxes.append((_LEFT + at % BITS * _CELL, _TOP + at // BITS * _ROW, n * _CELL))
        at, left = at + n, left - n
    if not boxes:
        return []
    fill = _FILL.get(role, "#ffffff")
    parts = [
        f'<rect x="{x:g}" y="{y:g}" width="{w:g}" height="{_ROW:g}" fill="{fill}" stroke="{theme.INK}" stroke-width="0.7"/>'
        for x, y, w in boxes
    ]
    x, y, w = max(boxes, key=lambda b: b[2])
    if role == "padding":
        shade = f'fill="none" stroke="{theme.RULE}" stroke-width="0.8"'
        for x, y, w in boxes:
            lines = "".join(
                f"M{x + d:g} {y + _ROW:g}l{min(8.0, w - d):g} -{_ROW * min(8.0, w - d) / 8:g}" for d in _steps(w)
            )
            parts.append(f'<path d="{lines}" {shade}/>')
        return parts
    name = label if piece == 1 else f"{label} …"
    room = int((w - 4) / _LETTER)
    if len(name) <= room:
        parts.append(_text(x + w / 2, y + _ROW / 2 + 3.2, name, theme.INK, 9.5))
        if count > 1 and len(boxes) > 1:
            for bx, by, bw in boxes:
                if (bx, by) != (x, y) and bw >= 12 * _LETTER:
                    parts.append(_text(bx + bw / 2, by + _ROW / 2 + 3, "…", theme.MUTED, 9.5))
    elif len(name) * 0.8 <= room:
        parts.append(_text(x + w / 2, y + _ROW / 2 + 2.8, name, theme.INK, 7.5))
    elif room >= 3:
        for k, line in enumerate(_two_lines(name, int((w - 3) / 3.7))):
            parts.append(_text(x + w / 2, y + 11 + 9 * k, line, theme.INK, 7.0))
    return parts


def _two_lines(name: str, room: int) -> list[str]:
    """A name over two lines, broken at an underscore or point where possible, the end cut."""
    if len(name) <= room:
        return ["", name][1:]
    breaks = [i + 1 for i, c in enumerate(name) if c in "_." and i + 1 <= room]
    at = breaks[-1] if breaks else room
    rest = name[at:]
    return [name[:at], rest if len(rest) <= room else rest[: max(room - 1, 1)] + "…"]


def _steps(width: float) -> list[float]:
    return [8.0 * k for k in range(int(-(-width // 8)))]


def _text(x: float, y: float, text: str, colour: str, size: float) -> str:
    return f'<text x="{x:g}" y="{y:g}" text-anchor="middle" font-size="{size:g}" fill="{colour}">{escape(text)}</text>'
