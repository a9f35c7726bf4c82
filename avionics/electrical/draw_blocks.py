"""The block diagram: the boxes of each string on the rails that join them, power, data, discretes and firing lines."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from html import escape
from math import cos, radians, sin

from ...report import theme
from ...vehicle.svg import FAINT, GREY, INK, Sheet, text_width
from .document import Electrical
from .index import Index
from .parts import DIFFERENTIAL

_BOX, _LEFT, _ROW, _RAIL = 292.0, 16.0, 27.0, 27.0
_TURN = 58.0  # degrees of their slant
COLOURS = {
    "power": theme.SERIES[1], "data": theme.SERIES[0], "discrete": theme.MUTED, "analogue": theme.SERIES[2],
    "pyro": theme.SERIES[3], "rf": theme.SERIES[5],
}  # fmt: skip
_ORDER = tuple(COLOURS)
_BUS_NAMES = {"mil1553": "MIL-STD-1553", "can": "CAN", "rs-422": "RS-422", "ethernet": "Ethernet"}


@dataclass
class Rail:
    """A line of the diagram. boxes: how each box uses it (out, in, both)."""

    kind: str
    name: str
    boxes: dict[str, str] = field(default_factory=dict)


def rails(ix: Index, string: str | None) -> list[Rail]:
    """The rails of a string: a bus each, the power that a box gives out, every other signal with its return."""
    found: dict[str, Rail] = {}
    on_bus = {s: b for b in ix.e.buses for s in b.signals}
    for signal in ix.e.signals:
        if signal.string != string or signal.type == "return":
            continue
        bus = on_bus.get(signal.name)
        out = next(iter(ix.boxes_on(signal.name, "out")), "")
        if bus is not None:
            rate = "" if not bus.bit_rate else f" {bus.bit_rate / 1e6:g} Mbit/s"
            if bus.bit_rate and bus.bit_rate < 1e6:
                rate = f" {bus.bit_rate / 1e3:g} kbit/s"
            key, kind, name = f"bus {bus.name}", "data", f"{bus.name}  {_BUS_NAMES[bus.type]}{rate}"
        elif signal.type == "power":
            key, kind, name = f"power {out}", "power", f"{out} out"
        elif signal.type in DIFFERENTIAL:
            pair = min(signal.name, signal.returns or signal.name)
            key, kind, name = f"pair {pair}", "data", pair
        else:
            key, kind, name = signal.name, signal.type, signal.name
        rail = found.setdefault(key, Rail(kind, name))
        for pin in ix.pins_of[signal.name]:
            before = rail.boxes.get(pin.box.name)
            rail.boxes[pin.box.name] = pin.pin.direction if before in (None, pin.pin.direction) else "both"
    place = {box.name: i for i, box in enumerate(ix.e.equipment)}
    return sorted(found.values(), key=lambda r: (_ORDER.index(r.kind), min(map(place.__getitem__, r.boxes), default=0)))


def strings_of(e: Electrical) -> list[str | None]:
    """The strings that have signals, in the order of the document."""
    return list(dict.fromkeys(s.string for s in e.signals))


def block_diagram(e: Electrical, strings: Sequence[str | None] | None = None) -> str:
    """SVG: a panel for each string (or for those given).

    A filled mark drives a rail, an open one takes from it, a half-filled one does both.
    """
    ix = Index(e)
    sheet = Sheet()
    y, width = 8.0, 700.0
    drawn = {string: rails(ix, string) for string in (strings_of(e) if strings is None else strings)}
    for string, lines in drawn.items():
        if lines:
            y = _panel(sheet, ix, string, lines, y) + 26
            tilt = max(text_width(r.name, 11) for r in lines) * cos(radians(_TURN))
            width = max(width, _LEFT + _BOX + 30 + _RAIL * len(lines) + tilt)
    x = _LEFT
    for way, words in (("out", "drives"), ("in", "takes"), ("both", "both ways")):
        _mark(sheet, x + 6, y - 4, way, INK)
        sheet.text(x + 16, y, words, 11, "start")
        x += text_width(words, 11) + 40
    for kind in _ORDER:
        if any(r.kind == kind for lines in drawn.values() for r in lines):
            sheet.line(x, y - 4, x + 18, y - 4, stroke=COLOURS[kind], width=2.4)
            sheet.text(x + 24, y, kind, 11, "start")
            x += text_width(kind, 11) + 44
    return sheet.document(max(width, x), y + 14, f"{e.name}: block diagram", f"{len(e.equipment)} boxes")


def _panel(sheet: Sheet, ix: Index, string: str | None, lines: list[Rail], y: float) -> float:
    boxes = [b for b in ix.e.equipment if any(b.name in r.boxes for r in lines)]
    top = y + 24 + max(text_width(r.name, 11) for r in lines) * sin(radians(_TURN))
    sheet.text(_LEFT, top - 12, f"String {string}" if string else "Without a string", 13, "start", "bold")
    bottom = top + _ROW * len(boxes)
    first = _LEFT + _BOX + 30
    for k, rail in enumerate(lines):
        x = first + _RAIL * k
        rows = [i for i, b in enumerate(boxes) if b.name in rail.boxes]
        low = top + _ROW * (rows[-1] + 0.5)
        sheet.line(x, top - 6, x, low, stroke=COLOURS[rail.kind], width=2.4)
        sheet.elements.append(
            f'<text x="{x + 3:.1f}" y="{top - 10:.1f}" font-size="11" fill="{COLOURS[rail.kind]}" '
            f'transform="rotate(-{_TURN:g} {x + 3:.1f} {top - 10:.1f})">{escape(rail.name)}</text>'
        )
    for i, box in enumerate(boxes):
        middle = top + _ROW * (i + 0.5)
        own = box.string == string
        on = [k for k, r in enumerate(lines) if box.name in r.boxes]
        end = first + _RAIL * on[-1]
        sheet.line(_LEFT + _BOX, middle, end, middle, stroke=FAINT, width=0.9)
        sheet.rect(
            _LEFT, middle - 11, _BOX, 22, theme.FAINT if own else "#ffffff", INK if own else GREY, 1.0 if own else 0.7
        )
        sheet.text(_LEFT + 8, middle + 4, box.name, 11.5, "start", "bold", INK if own else GREY)
        room = _BOX - 34 - 1.2 * text_width(box.name, 12)
        sheet.text(_LEFT + _BOX - 8, middle + 3.8, _cut(box.description, room), 9.8, "end", colour=GREY)
        for k in on:
            _mark(sheet, first + _RAIL * k, middle, lines[k].boxes[box.name], COLOURS[lines[k].kind])
    return bottom


def _mark(sheet: Sheet, x: float, y: float, way: str, colour: str) -> None:
    sheet.circle(x, y, 4.6, colour if way == "out" else "#ffffff", colour, 1.6)
    if way == "both":
        sheet.path(f"M{x:.1f} {y - 4.6:.1f} A4.6 4.6 0 0 0 {x:.1f} {y + 4.6:.1f} Z", colour, colour, 0.6)


def _cut(text: str, room: float) -> str:
    if text_width(text, 9.8) <= room:
        return text
    words = text.split()
    while words and text_width(" ".join(words) + " …", 9.8) > room:
        words.pop()
    return " ".join(words).rstrip(",:;") + " …" if words else ""
