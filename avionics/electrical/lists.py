"""Lists for those who build the harness: wires and pins as CSV, the harness as WireViz YAML."""

import csv
import io
import re
from collections.abc import Sequence
from typing import Any

from ...core.strict_yaml import dump
from .document import Electrical
from .index import Index
from .tables import insert

_WIRES = (
    "wire", "signal", "from", "from_pin", "to", "to_pin", "type", "gauge_AWG", "length_m", "bundle", "cable", "twisted", "shield",
    "string", "current_A",
)  # fmt: skip
_PINS = (
    "connector", "pin", "signal", "type", "direction", "voltage_min_V", "voltage_max_V", "current_A", "mate", "wire", "string",
)  # fmt: skip


def wire_list(e: Electrical) -> str:
    """CSV: one row a wire, in the order of the document."""
    ix = Index(e)
    rows = []
    for i, wire in enumerate(e.wires):
        signal, kind = ix.signal_of_wire(i), ix.wire_types[wire.type]
        cable = ix.cables.get(wire.cable or "")
        (a, a_pin), (b, b_pin) = ix.ends[i]
        current = signal.current / ix.parallel(i) if signal and signal.current is not None else None
        rows.append(
            (
                wire.name, signal.name if signal else "", a, a_pin, b, b_pin, wire.type, kind.gauge, _number(wire.length),
                wire.bundle or "", wire.cable or "", _flag(cable.twisted) if cable else "", cable.shield if cable else "",
                (signal.string or "") if signal else "", _number(current),
            )
        )  # fmt: skip
    return _csv(_WIRES, rows)


def pin_list(e: Electrical) -> str:
    """CSV: one row a pin of a box, with the wire in its mate."""
    ix = Index(e)
    rows = []
    for p in ix.pins:
        signal, mate = ix.signals[p.pin.signal], ix.mates.get(p.at.id, "")
        low, high = p.pin.voltage or signal.voltage or (None, None)
        wires = ", ".join(ix.wire(i).name for i in ix.wires_at.get((mate, p.pin.pin), ()))
        rows.append(
            (
                p.at.id, p.pin.pin, signal.name, p.pin.type, p.pin.direction, _number(low), _number(high),
                _number(signal.current), mate, wires, signal.string or "",
            )
        )  # fmt: skip
    return _csv(_PINS, rows)


def _csv(head: Sequence[str], rows: Sequence[Sequence[Any]]) -> str:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(head)
    writer.writerows(rows)
    return out.getvalue()


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:.6g}"


def _flag(value: bool) -> str:
    return "yes" if value else "no"


def wireviz(e: Electrical) -> str:
    """WireViz YAML: connectors with all cavities, a cable for the wires of one kind in a run, splices as simple connectors."""
    ix = Index(e)
    connectors: dict[str, Any] = {}
    for at in ix.connectors.values():
        if at.box is not None or at.id not in {place for ends in ix.ends for place, _ in ends}:
            continue
        c = at.connector
        arrangement = insert(c.arrangement or "")
        used = sorted({pin for ends in ix.ends for place, pin in ends if place == at.id})
        pins = list(arrangement.cavities()) if arrangement else used
        labels = {p.pin.pin: p.pin.signal for p in ix.pins if p.at.id == ix.mates.get(at.id)}
        for i in ix.wires_in(at.id):
            for place, pin in ix.ends[i]:
                signal = ix.signal_of_wire(i)
                if place == at.id and signal is not None:
                    labels.setdefault(pin, signal.name)
        entry: dict[str, Any] = {"type": c.part_number or "connector"}
        if c.gender:
            entry["subtype"] = "male" if c.gender == "pin" else "female"
        entry |= {
            "pins": [_pin(("", pin)) for pin in pins],
            "pinlabels": [labels.get(pin, "") for pin in pins],
            "hide_disconnected_pins": True,
        }
        mate = ix.mates.get(at.id)
        entry["notes"] = f"into {mate}" if mate else "not mated"
        connectors[at.id] = entry
    for splice in e.splices:
        connectors[splice.name] = {"type": "splice", "style": "simple"}
    cables: dict[str, Any] = {}
    connections: list[list[dict[str, Any]]] = []
    for key, wires in _alike(ix).items():
        bundle, kind, cable = key[0], ix.wire_types[key[1]], ix.cables.get(key[2])
        name = _cable_name(cables, bundle, kind.name, key[2])
        entry = {"category": "bundle"} if cable is None else {}
        entry |= {"gauge": f"{kind.gauge} AWG", "wirecount": len(wires)}
        length = ix.wire(wires[0]).length
        if length is not None:
            entry["length"] = f"{length:g} m"
        if cable is not None and cable.shield != "none":
            entry["shield"] = True
        entry["wirelabels"] = [ix.wire(i).name for i in wires]
        notes = [n for n in (bundle, "twisted" if cable and cable.twisted else "", _shield(cable)) if n]
        entry["notes"] = ", ".join(notes)
        cables[name] = entry
        first = ix.ends[wires[0]]
        ends = [e_ if e_[0][0] == first[0][0] else e_[::-1] for e_ in (ix.ends[i] for i in wires)]
        row = [
            {first[0][0]: [_pin(x[0]) for x in ends]},
            {name: list(range(1, len(wires) + 1))},
            {first[1][0]: [_pin(x[1]) for x in ends]},
        ]
        connections.append(row)
    title = {"title": e.name, "notes": f"content {e.content_hash()[:12]}"}
    return dump({"metadata": title, "connectors": connectors, "cables": cables, "connections": connections})


def _alike(ix: Index) -> dict[tuple[str, str, str, str, str], list[int]]:
    """Wires by bundle, type, cable and their two ends."""
    found: dict[tuple[str, str, str, str, str], list[int]] = {}
    for i, wire in enumerate(ix.e.wires):
        a, b = sorted(p[0] for p in ix.ends[i])
        found.setdefault((wire.bundle or "", wire.type, wire.cable or "", a, b), []).append(i)
    return found


def _cable_name(taken: dict[str, Any], bundle: str, kind: str, cable: str) -> str:
    name = re.sub(r"[^A-Za-z0-9_+-]", "_", cable or "-".join(x for x in (bundle, kind) if x))
    count, free = 1, name
    while free in taken:
        count += 1
        free = f"{name}-{count}"
    return free


def _pin(point: tuple[str, str]) -> Any:
    """A cavity as WireViz wants it, a number where it is one; a splice has the one pin 1."""
    return int(point[1]) if point[1].isdigit() else point[1] or 1


def _shield(cable: Any) -> str:
    return "" if cable is None or cable.shield == "none" else f"shield at {cable.shield}"
