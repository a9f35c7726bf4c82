"""DBC files of the CAN and CAN FD frames, one for each bus."""

from dataclasses import replace

from ..layout_types import ResolvedField, ResolvedMessage, ResolvedSet
from .outputs import Loss, Names, Output, element_fields, identifier

LONGEST = 32  # letters of a name
NOBODY = "Vector__XXX"
_FRAME_FORMATS = [
    "StandardCAN",
    "ExtendedCAN",
    *[f"reserved{i}" for i in range(2, 14)],
    "StandardCAN_FD",
    "ExtendedCAN_FD",
]


def generate(s: ResolvedSet) -> Output:
    """NAME_BUS.dbc; messages that are no CAN frames are left out, by name."""
    losses = [
        Loss("dbc", m.name, f"left out: a message of type {m.kind} is no CAN frame")
        for m in s.messages
        if m.kind != "can"
    ]
    buses: dict[str, list[ResolvedMessage]] = {}
    for m in s.of_kind("can"):
        buses.setdefault(m.bus, []).append(m)
    names, files = Names(), {}
    for bus, messages in buses.items():
        file = names.take(f"{identifier(s.name)}_{identifier(bus)}")
        files[f"{file}.dbc"] = _Bus(bus, messages, losses).text()
    return Output(files, tuple(losses))


def signals(m: ResolvedMessage) -> list[tuple[str, str, ResolvedField]]:
    """(element's name, signal's name, single field): arrays by element, octets in pieces of 64 bits, most significant first."""
    names = Names(longest=LONGEST)
    found: list[tuple[str, str, ResolvedField]] = []
    for f in m.fields:
        if f.kind == "padding":
            continue
        for name, single in element_fields(f):
            if single.raw != "bytes":
                found.append((name, names.take(name), single))
                continue
            for k, at in enumerate(range(0, single.width, 64)):
                part = f"{name}_{k}" if single.width > 64 else name
                width = min(64, single.width - at)
                more = {"raw": "uint", "byte_order": "big", "bit_offset": single.bit_offset + at, "width": width}
                found.append((name, names.take(part), replace(single, **more)))
    return found


def frame_id(m: ResolvedMessage) -> int:
    """The number of a frame in the file: bit 31 marks 29-bit identifiers."""
    return (m.can_id or 0) | (0x8000_0000 if m.extended else 0)


def _string(text: str) -> str:
    """A quoted string: one line of ASCII (readers disagree on everything else)."""
    plain = " ".join(text.split()).replace('"', "'").replace("\\", "/")
    return f'"{plain.encode("ascii", "replace").decode()}"'


def _number(value: float) -> str:
    return str(int(value)) if value == int(value) and abs(value) < 1e15 else repr(float(value))


class _Bus:
    def __init__(self, bus: str, messages: list[ResolvedMessage], losses: list[Loss]) -> None:
        self.bus, self.messages, self.losses = bus, messages, losses
        self.comments: list[str] = []
        self.attributes: list[str] = []
        self.values: list[str] = []
        self.types: list[str] = []

    def _lose(self, where: str, what: str) -> None:
        self.losses.append(Loss("dbc", where, what))

    def text(self) -> str:
        nodes = sorted({n for m in self.messages for n in (m.source, *m.sinks) if n})
        self.nodes = dict(zip(nodes, map(Names(longest=LONGEST).take, map(_word, nodes)), strict=True))
        names = Names(longest=LONGEST)
        frames = [self._frame(m, names.take(m.name)) for m in self.messages]
        formats = ",".join(f'"{f}"' for f in _FRAME_FORMATS)
        fd = any(m.fd for m in self.messages)
        lines = [
            'VERSION ""',
            "",
            "NS_ :",
            *(f"\t{n}" for n in ("CM_", "BA_DEF_", "BA_", "VAL_", "BA_DEF_DEF_", "SIG_VALTYPE_")),
            "",
            "BS_:",
            "",
            f"BU_: {' '.join(self.nodes.values())}".rstrip(),
            "",
            *frames,
            *self.comments,
            f'BA_DEF_ BO_ "VFrameFormat" ENUM {formats};',
            'BA_DEF_ BO_ "CANFD_BRS" ENUM "0","1";',
            'BA_DEF_ BO_ "GenMsgCycleTime" FLOAT 0 3600000;',
            'BA_DEF_ BO_ "SystemMessageLongSymbol" STRING ;',
            'BA_DEF_ SG_ "SystemSignalLongSymbol" STRING ;',
            'BA_DEF_ "BusType" STRING ;',
            'BA_DEF_ "DBName" STRING ;',
            'BA_DEF_DEF_ "VFrameFormat" "StandardCAN";',
            'BA_DEF_DEF_ "CANFD_BRS" "0";',
            'BA_DEF_DEF_ "GenMsgCycleTime" 0;',
            'BA_DEF_DEF_ "SystemMessageLongSymbol" "";',
            'BA_DEF_DEF_ "SystemSignalLongSymbol" "";',
            'BA_DEF_DEF_ "BusType" "CAN";',
            'BA_DEF_DEF_ "DBName" "";',
            f'BA_ "BusType" "{"CAN FD" if fd else "CAN"}";',
            f'BA_ "DBName" {_string(self.bus)};',
            *self.attributes,
            *self.values,
            *self.types,
        ]
        return "\n".join(lines) + "\n"

    def _frame(self, m: ResolvedMessage, name: str) -> str:
        number = frame_id(m)
        sender = self.nodes.get(m.source, NOBODY)
        lines = [f"BO_ {number} {name}: {m.size} {sender}"]
        if m.description:
            self.comments.append(f"CM_ BO_ {number} {_string(m.description)};")
        if name != m.name:
            self.attributes.append(f'BA_ "SystemMessageLongSymbol" BO_ {number} "{m.name}";')
            self._lose(m.name, f"its name is cut to '{name}' (its whole name: attribute SystemMessageLongSymbol)")
        self.attributes.append(f'BA_ "VFrameFormat" BO_ {number} {14 * m.fd + m.extended};')
        if m.bit_rate_switch:
            self.attributes.append(f'BA_ "CANFD_BRS" BO_ {number} 1;')
        if m.rate:
            self.attributes.append(f'BA_ "GenMsgCycleTime" BO_ {number} {_number(1000.0 / m.rate)};')
        if m.latency is not None or m.priority:
            self._lose(m.name, "priority and latency have no place")
        receivers = ",".join(self.nodes[n] for n in m.sinks) or NOBODY
        lines += [self._signal(m, number, element, signal, f, receivers) for element, signal, f in signals(m)]
        return "\n".join([*lines, ""])

    def _signal(
        self, m: ResolvedMessage, number: int, element: str, name: str, f: ResolvedField, receivers: str
    ) -> str:
        scale, offset = f.scale, f.offset
        where = f"{m.name}.{element}"
        if f.calibration is not None and not (
            f.calibration.type == "polynomial" and len(f.calibration.coefficients) == 2
        ):
            self._lose(where, f"its calibration ({f.calibration.type}): given as its raw number")
        elif f.kind == "bcd":
            scale = 1.0
            self._lose(where, "a decimal number: given as its raw number")
        if f.kind in ("text", "bytes"):
            self._lose(where, f"{f.kind}: given as a number, its first octet the most significant")
        if f.kind == "flags":
            self._lose(where, "the names of its flags stand in the comment only")
        if f.yellow is not None or f.red is not None:
            self._lose(where, "alarm limits have no place")
        if f.constant is not None:
            self._lose(where, f"that it is always {f.constant} stands in the comment only")
        raw_only = f.calibration is not None and scale == 1.0 and offset == 0.0
        low, high = (f.range.low, f.range.high) if f.range is not None and not raw_only else (0.0, 0.0)
        self._notes(number, element, name, f)
        order, sign = ("1" if f.byte_order == "little" else "0"), ("+" if f.raw == "uint" else "-")
        if f.raw == "float":
            self.types.append(f"SIG_VALTYPE_ {number} {name} : {1 if f.width == 32 else 2};")
        if name != element and len(element) > LONGEST:
            self._lose(where, f"its name is cut to '{name}' (its whole name: attribute SystemSignalLongSymbol)")
            self.attributes.append(f'BA_ "SystemSignalLongSymbol" SG_ {number} {name} "{element}";')
        unit = "" if raw_only else f.unit
        return (
            f" SG_ {name} : {f.dbc_start}|{f.width}@{order}{sign} ({_number(scale)},{_number(offset)}) "
            f"[{_number(low)}|{_number(high)}] {_string(unit)} {receivers}"
        )

    def _notes(self, number: int, element: str, name: str, f: ResolvedField) -> None:
        notes = [f.description]
        if f.kind == "flags":
            notes.append("bits: " + ", ".join(f"{v.value} {v.name}" for v in f.values))
        if f.constant is not None:
            notes.append(f"always {f.constant}")
        text = "; ".join(n for n in notes if n)
        if text:
            self.comments.append(f"CM_ SG_ {number} {name} {_string(text)};")
        if f.kind == "enum":
            pairs = " ".join(f"{v.value} {_string(v.name)}" for v in f.values)
            self.values.append(f"VAL_ {number} {name} {pairs} ;")


def _word(text: str) -> str:
    return "".join(c if c.isascii() and (c.isalnum() or c == "_") else "_" for c in text) or "node"
