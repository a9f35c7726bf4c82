"""The wiring diagrams: every bundle with its connectors, wires, twists and shields, sheet by sheet."""

from dataclasses import dataclass

from ...report import theme
from ...vehicle.svg import FAINT, GREY, INK, Sheet, text_width
from .document import Electrical
from .harness import Bundle
from .index import ConnectorAt, Index

_WIDTH, _ROW, _GAP, _HEAD = 1000.0, 17.0, 30.0, 34.0
_PAGE = 1180.0  # the height of a sheet that fits a page with its heading
_LEFT, _RIGHT, _CONNECTOR = 40.0, 960.0, 205.0  # edges of the connectors, and their width
COLOURS = {"power": theme.SERIES[1], "signal": theme.SERIES[0], "pyro": theme.SERIES[3], "rf": theme.SERIES[2]}


@dataclass(frozen=True)
class Run:
    """The wires of a bundle between two connectors or splices."""

    bundle: Bundle | None
    start: str
    end: str
    wires: tuple[int, ...]


def runs(ix: Index) -> list[Run]:
    """Every run of the harness, in the order of the bundles; wires in the order of their cables."""
    found: dict[tuple[str, str, str], list[int]] = {}
    for i, wire in enumerate(ix.e.wires):
        a, b = ix.ends[i][0][0], ix.ends[i][1][0]
        key = (wire.bundle or "", a, b)
        other = (wire.bundle or "", b, a)
        found.setdefault(other if other in found else key, []).append(i)
    order = {name: k for k, name in enumerate(ix.bundles)}
    keys = sorted(found, key=lambda key: order.get(key[0], len(order)))
    cables = list(ix.cables)
    result = []
    for key in keys:
        wires = sorted(found[key], key=lambda i: (cables.index(c) if (c := ix.wire(i).cable) else -1, i))
        result.append(Run(ix.bundles.get(key[0]), key[1], key[2], tuple(wires)))
    return result


def sheets(ix: Index) -> list[tuple[str, list[Run]]]:
    """Sheets by string and kind, each no higher than a page: their titles and runs."""
    found: dict[str, list[list[Run]]] = {}
    for run in runs(ix):
        if run.bundle is None:
            title = "Wires in no bundle"
        else:
            kind = {"pyro": "firing lines", "signal": "signals"}.get(run.bundle.category, run.bundle.category)
            title = f"{f'String {run.bundle.string}: ' if run.bundle.string else ''}{kind}"
        pages = found.setdefault(title, [[]])
        if pages[-1] and sum(map(_height, pages[-1])) + _height(run) > _PAGE:
            pages.append([])
        pages[-1].append(run)
    return [
        (title if len(pages) == 1 else f"{title}, {k + 1} of {len(pages)}", page)
        for title, pages in found.items()
        for k, page in enumerate(pages)
    ]


def _height(run: Run) -> float:
    return _HEAD + _ROW * len(run.wires) + 8 + _GAP


def wiring_sheet(ix: Index, title: str, members: list[Run]) -> str:
    """One sheet as SVG: a block for each run, connectors at the sides, the far boxes named under them."""
    sheet = Sheet()
    y = 18.0
    for run in members:
        y = _block(sheet, ix, run, y) + _GAP
    return sheet.document(_WIDTH, y - _GAP + 12, f"{ix.e.name}: {title}", f"{len(members)} runs")


def _block(sheet: Sheet, ix: Index, run: Run, y: float) -> float:
    top, height = y + _HEAD, _ROW * len(run.wires) + 8
    bundle = run.bundle
    colour = COLOURS[bundle.category] if bundle else GREY
    for x, name, anchor in ((_LEFT, run.start, "start"), (_RIGHT, run.end, "end")):
        left = x if anchor == "start" else x - _CONNECTOR
        at = ix.connectors.get(name)
        sheet.rect(left, top, _CONNECTOR, height, "#ffffff", INK, 1.1)
        sheet.text(x, y + 12, f"{name}  {_kind(at)}".strip(), 11.5, anchor, "bold")
        sheet.text(x, y + 26, _behind(ix, name), 10.5, anchor, colour=GREY)
    middle = (_LEFT + _RIGHT) / 2
    label = bundle.name if bundle else "no bundle"
    said = ", ".join(_facts(bundle)) if bundle else ""
    sheet.text(middle, y + 12, label, 11.5, "middle", "bold", colour)
    sheet.text(middle, y + 26, said, 10.5, colour=GREY)
    a, b = _LEFT + _CONNECTOR, _RIGHT - _CONNECTOR
    for k, i in enumerate(run.wires):
        line = top + 4 + _ROW * (k + 0.5)
        wire, kind = ix.wire(i), ix.wire_types[ix.wire(i).type]
        signal = ix.signal_of_wire(i)
        turned = ix.ends[i][0][0] != run.start
        first, last = ix.ends[i][::-1] if turned else ix.ends[i]
        name = signal.name if signal else "?"
        for x, cavity, anchor, edge in ((a, first[1], "end", -1), (b, last[1], "start", 1)):
            sheet.circle(x, line, 2.6, INK, INK, 0.5)
            sheet.text(x + 9 * edge, line + 4, cavity, 11, anchor, "bold")
        sheet.text(_LEFT + 8, line + 4, _cut(name, _CONNECTOR - 48, 11), 11, "start")
        sheet.text(_RIGHT - 8, line + 4, _cut(name, _CONNECTOR - 48, 11), 11, "end")
        sheet.line(a, line, b, line, stroke=colour, width=1.6 if kind.gauge <= 18 else 1.0)
        text = f"{wire.name}  AWG {kind.gauge}"
        width = text_width(text, 10.5) + 10
        sheet.rect(middle - width / 2, line - 6.5, width, 13, "#ffffff")
        sheet.text(middle, line + 3.8, text, 10.5)
    _cables(sheet, ix, run, top, a, b)
    return top + height


def _cables(sheet: Sheet, ix: Index, run: Run, top: float, a: float, b: float) -> None:
    """Twists as crossings, shields as dashed outlines with their terminations, the cable's name at its edge."""
    groups: dict[str, list[int]] = {}
    for k, i in enumerate(run.wires):
        name = ix.wire(i).cable
        if name:
            groups.setdefault(name, []).append(k)
    for name, rows in groups.items():
        cable = ix.cables[name]
        low, high = top + 4 + _ROW * rows[0], top + 4 + _ROW * (rows[-1] + 1)
        middle = (low + high) / 2
        if cable.shield != "none":
            left, right = a + 34, b - 34
            d = (
                f"M{left + 7:.1f} {low:.1f} H{right - 7:.1f} A7 {(high - low) / 2:.1f} 0 0 1 {right - 7:.1f} {high:.1f} "
                f"H{left + 7:.1f} A7 {(high - low) / 2:.1f} 0 0 1 {left + 7:.1f} {low:.1f} Z"
            )
            sheet.path(d, stroke=GREY, width=0.9, dash="4 2.5")
            for x, edge, ends in ((left, a, ("both ends", "one end")), (right, b, ("both ends",))):
                if cable.shield in ends:
                    foot = high + 1.5
                    inward = x + (9 if x == left else -9)
                    sheet.path(f"M{inward:.1f} {high:.1f} V{foot:.1f} H{edge:.1f}", stroke=GREY, width=0.9)
                    sheet.circle(edge, foot, 1.8, "#ffffff", GREY, 0.9)
        if cable.twisted and len(rows) > 1:
            for x in (a + 74, b - 98):
                first, last = middle - _ROW / 2, middle + _ROW / 2
                sheet.rect(x, first - 2, 24, _ROW + 4, "#ffffff")
                for p, q in ((first, last), (last, first)):
                    sheet.path(
                        f"M{x:.1f} {p:.1f} C{x + 8:.1f} {p:.1f} {x + 16:.1f} {q:.1f} {x + 24:.1f} {q:.1f}", width=1.0
                    )
        said = f"{name}{f', {cable.impedance:g} Ω' if cable.impedance else ''}"
        width = text_width(said, 9.5) + 6
        sheet.rect(a + 112, middle - 6, width, 12, "#ffffff")
        sheet.text(a + 115, middle + 3.4, said, 9.5, "start", colour=GREY)


def _kind(at: ConnectorAt | None) -> str:
    if at is None:
        return ""
    c = at.connector
    return c.part_number or ""


def _behind(ix: Index, name: str) -> str:
    """What a harness connector goes into."""
    if name in ix.splices:
        return "splice"
    mate = ix.mates.get(name)
    if mate is None:
        return "not mated"
    at = ix.connectors[mate]
    keyed = f", key {at.connector.keying}" if at.connector.keying else ""
    return f"into {mate}{keyed}" + ("" if at.box is None else f", {at.box.bay}" if at.box.bay else "")


def _facts(bundle: Bundle) -> list[str]:
    facts = [f"{bundle.length:g} m"] if bundle.length is not None else []
    facts += [f"{bundle.temperature - 273.15:.0f} °C"] if bundle.temperature is not None else []
    return facts + ([bundle.environment] if bundle.environment else [])


def _cut(text: str, room: float, size: float) -> str:
    while text_width(text, size) > room and len(text) > 4:
        text = text[:-2] + "…"
    return text


def wiring_diagrams(e: Electrical) -> list[tuple[str, str]]:
    """(title, SVG) of every sheet."""
    ix = Index(e)
    return [(title, wiring_sheet(ix, title, members)) for title, members in sheets(ix)]


__all__ = ["COLOURS", "FAINT", "Run", "runs", "sheets", "wiring_diagrams", "wiring_sheet"]
