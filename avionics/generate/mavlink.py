"""MAVLink XML of what MAVLink can say: whole types of 8 to 64 bits, arrays, text; its own layout, headers and checksum."""

from typing import Any
from xml.etree import ElementTree
from xml.etree.ElementTree import Element, SubElement

from ..layout_types import ResolvedField, ResolvedMessage, ResolvedSet
from .outputs import Loss, Names, Output, identifier, meaning

FIRST_ID = 52000  # of 2^24; messages are numbered on from it in the set's order
# those units of MAVLink's schema (mavschema.xsd, SI_Unit) that mean the same with us
_UNITS = "s ms us ns Hz MHz km m m^2 m/s cm mm K degC rad rad/s deg deg/s rpm V mV A mA W kg g Pa hPa kPa % dB dBm"
UNITS = frozenset(_UNITS.split())
LARGEST, MOST_FIELDS = 255, 64  # octets of payload and fields of a message


def generate(s: ResolvedSet) -> Output:
    """NAME_mavlink.xml; what MAVLink cannot say is left out or widened, by name."""
    losses: list[Loss] = []
    top = Element("mavlink")
    SubElement(top, "version").text = "3"
    SubElement(top, "dialect").text = "0"
    enums, messages = Element("enums"), Element("messages")
    maker = _Maker(s, enums, messages, losses)
    for i, m in enumerate(s.messages):
        maker.message(m, FIRST_ID + i)
    top.extend(e for e in (enums, messages) if len(e))
    ElementTree.indent(top)
    text = f'<?xml version="1.0"?>\n{ElementTree.tostring(top, encoding="unicode")}\n'
    return Output({f"{identifier(s.name)}_mavlink.xml": text}, tuple(losses))


class _Maker:
    def __init__(self, s: ResolvedSet, enums: Element, messages: Element, losses: list[Loss]) -> None:
        self.enums, self.messages, self.losses = enums, messages, losses
        self.prefix = identifier(s.name).upper()
        self.names, self.entries, self.message_names = Names(), Names(), Names()
        self.shared = {}
        for name, values in s.enums:
            if all(v.value >= 0 for v in values):
                self.shared[name] = self._enum(name, values)

    def _lose(self, where: str, what: str) -> None:
        self.losses.append(Loss("mavlink", where, what))

    def _enum(self, name: str, values: tuple[Any, ...], *, bits: bool = False) -> str:
        name = self.names.take(f"{self.prefix}_{name}".upper())
        element = SubElement(self.enums, "enum", {"name": name} | ({"bitmask": "true"} if bits else {}))
        for v in values:
            number = 1 << v.value if bits else v.value
            entry = SubElement(
                element, "entry", {"value": str(number), "name": self.entries.take(f"{name}_{v.name}".upper())}
            )
            if v.description:
                SubElement(entry, "description").text = v.description
        return name

    def message(self, m: ResolvedMessage, number: int) -> None:
        fields = [(f, _type(f)) for f in m.values]
        size = sum(octets for _, (_, octets) in fields)
        if size > LARGEST or len(fields) > MOST_FIELDS or not fields:
            self._lose(m.name, f"left out: {len(fields)} fields of {size} octets; MAVLink takes 1 to 64 of 255")
            return
        self._lose(
            m.name, "MAVLink's own header, checksum and order of fields; address, rate and byte order are not carried"
        )
        name = self.message_names.take(m.name.upper())
        element = SubElement(self.messages, "message", {"id": str(number), "name": name})
        SubElement(element, "description").text = m.description or m.name
        local = Names()
        for f, (kind, _) in fields:
            self._field(element, m, f, kind, local.take(f.name.lower()))

    def _field(self, element: Element, m: ResolvedMessage, f: ResolvedField, kind: str, name: str) -> None:
        where, more = f"{m.name}.{f.name}", {}
        if f.raw in ("uint", "int") and f.width not in (8, 16, 32, 64):
            self._lose(where, f"its {f.width} bits are widened to {kind.split('_')[0]}")
        if f.kind == "enum" and all(v.value >= 0 for v in f.values):
            more["enum"] = self.shared.get(f.enum_name) or self._enum(f"{m.name}_{f.name}", f.values)
        elif f.kind == "enum":
            self._lose(where, "an enumeration with negative numbers: without its names")
        elif f.kind == "flags":
            more |= {"enum": self._enum(f"{m.name}_{f.name}", f.values, bits=True), "display": "bitmask"}
        raw_only = f.kind == "bcd" or (f.calibration is not None and (f.scale, f.offset) == (1.0, 0.0))
        if raw_only:
            self._lose(where, "its calibration: given as its raw number")
        scaled = not raw_only and (f.scale != 1.0 or f.offset != 0.0)
        notes = [f.description or f.name]
        if scaled:
            notes.append(f"{meaning(f).replace('×', 'x')}{f' {f.unit}' if f.unit else ''}")
            self._lose(where, "its scale, offset and unit stand in the description only")
        elif f.unit in UNITS and not raw_only:
            more["units"] = f.unit
        elif f.unit and not raw_only:
            notes.append(f"in {f.unit}")
            self._lose(where, f"its unit, {f.unit}, stands in the description only: MAVLink has a list of its own")
        if f.yellow is not None or f.red is not None:
            self._lose(where, "alarm limits have no place")
        if f.range is not None and not raw_only and not scaled:
            more |= {"minValue": repr(f.range.low), "maxValue": repr(f.range.high)}
        SubElement(element, "field", {"type": kind, "name": name, **more}).text = "; ".join(notes)


def _type(f: ResolvedField) -> tuple[str, int]:
    """(MAVLink's type, octets)."""
    if f.raw == "bytes":
        n = f.width // 8
        return f"{'char' if f.kind == 'text' else 'uint8_t'}[{n}]", n
    width = f.width if f.raw == "float" else next(n for n in (8, 16, 32, 64) if f.width <= n)
    base = {32: "float", 64: "double"}[width] if f.raw == "float" else f"{f.raw}{width}_t"
    return (f"{base}[{f.count}]" if f.is_array else base), width // 8 * f.count
