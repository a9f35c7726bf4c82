"""XTCE 1.2 (CCSDS 660.1-B-2, OMG formal/2018-02-04): telemetry packets as containers, telecommands as meta commands.

One abstract root container holds the CCSDS primary header; each packet is a child by type and APID. Packets that share an
APID get an abstract container between, with the fields that they have in common and are told apart by.
"""

from dataclasses import replace
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

from ..layout_types import ResolvedField, ResolvedMessage, ResolvedSet
from .outputs import Loss, Names, Output, element_fields, identifier, msb0_offset
from .xtce_types import add_type, node, short

NAMESPACE = "http://www.omg.org/spec/XTCE/20180204"
_SCHEMA = "https://www.omg.org/spec/XTCE/20180204/SpaceSystem.xsd"
ROOT = "CCSDSPacket"
PRIMARY = 7  # rows of the primary header


def generate(s: ResolvedSet) -> Output:
    """NAME.xml. Messages that are no CCSDS packets are left out, by name."""
    maker = _Maker(s)
    ElementTree.indent(maker.top)
    text = ElementTree.tostring(maker.top, encoding="unicode")
    file = f"{identifier(s.name)}.xtce.xml"
    return Output({file: f'<?xml version="1.0" encoding="UTF-8"?>\n{text}\n'}, tuple(maker.losses))


def parameter_names(s: ResolvedSet) -> dict[tuple[str, str], str]:
    """(message, element) → the parameter's name in the file, for telemetry."""
    return dict(_Maker(s).names)


def entries(m: ResolvedMessage) -> list[tuple[str, ResolvedField, tuple[str, ...]]]:
    """(name, field at its place in MSB-0 numbering, fields lost in it), in the order of the bits, without gaps.

    Little-endian fields that cross octets off their borders cannot be said in XTCE: the octets that they touch become
    one opaque entry.
    """
    singles = [e for f in m.fields for e in element_fields(f)]
    regions: list[tuple[int, int]] = []
    for _, f in singles:
        if msb0_offset(f) is None:
            regions.append((f.bit_offset // 8, (f.bit_offset + f.width - 1) // 8))
    regions = _grown(regions, [f for _, f in singles])
    result: list[tuple[str, ResolvedField, tuple[str, ...]]] = []
    for name, f in singles:
        at = msb0_offset(f)
        first, last = f.bit_offset // 8, (f.bit_offset + f.width - 1) // 8
        if at is not None and not any(a <= last and first <= b for a, b in regions):
            result.append((name, replace(f, bit_offset=at), ()))
    for a, b in regions:
        lost = tuple(n for n, f in singles if a <= f.bit_offset // 8 <= b and f.kind != "padding")
        opaque = ResolvedField(
            name=f"octets_{a}_to_{b}",
            kind="bytes",
            raw="bytes",
            bit_offset=8 * a,
            width=8 * (b - a + 1),
            byte_order="big",
            description=f"holds {', '.join(lost)}, little-endian across octets",
        )
        result.append((opaque.name, opaque, lost))
    return sorted(result, key=lambda e: e[1].bit_offset)


def _grown(regions: list[tuple[int, int]], fields: list[ResolvedField]) -> list[tuple[int, int]]:
    """Whole octets, such that no field lies half inside."""
    changed = True
    while changed:
        changed, grown = False, []
        for a, b in sorted(regions):
            for f in fields:
                first, last = f.bit_offset // 8, (f.bit_offset + f.width - 1) // 8
                if first <= b and a <= last and (first < a or last > b):
                    a, b, changed = min(a, first), max(b, last), True
            if grown and a <= grown[-1][1]:
                grown[-1] = (grown[-1][0], max(b, grown[-1][1]))
                changed = True
            else:
                grown.append((a, b))
        regions = grown
    return regions


_YAMCS = (
    "its calibrator goes from raw number to value, as the schema says; Yamcs 5.12 takes an argument's from value to raw number: "
    "turn it round for Yamcs"
)


class _Maker:
    def __init__(self, s: ResolvedSet) -> None:
        self.losses: list[Loss] = []
        self.taken = Names()
        self.names: list[tuple[tuple[str, str], str]] = []
        self.top = Element(
            "xtce:SpaceSystem",
            {
                "xmlns:xtce": NAMESPACE,
                "xmlns:xsi": "http://www.w3.org/2001/XMLSchema-instance",
                "xsi:schemaLocation": f"{NAMESPACE} {_SCHEMA}",
                "name": identifier(s.name),
            },
        )
        if s.description:
            node(self.top, "LongDescription").text = s.description
        header = node(self.top, "Header", version=s.version, validationStatus="Working")
        node(
            node(header, "NoteSet"), "Note"
        ).text = f"Made by OSEA-Rocket from the message set of content {s.input_hash}."
        packets = s.of_kind("telemetry", "telecommand")
        for m in s.messages:
            if m not in packets:
                self._lose(m.name, f"left out: a message of type {m.kind} is no CCSDS packet")
        if not packets:
            return
        telemetry = node(self.top, "TelemetryMetaData")
        self.types, self.parameters = node(telemetry, "ParameterTypeSet"), node(telemetry, "ParameterSet")
        self.containers = node(telemetry, "ContainerSet")
        root = self._container(ROOT, "", abstract=True)
        for f in packets[0].fields[:PRIMARY]:
            plain = replace(f, constant=None)
            node(root, "ParameterRefEntry", parameterRef=self._parameter(f.name, plain, ""))
        by_apid: dict[int, list[ResolvedMessage]] = {}
        for m in s.of_kind("telemetry"):
            by_apid.setdefault(m.apid or 0, []).append(m)
        for apid, members in by_apid.items():
            self._packets(apid, members)
        commands = s.of_kind("telecommand")
        if commands:
            self._commands(commands, s)

    def _lose(self, where: str, what: str) -> None:
        self.losses.append(Loss("xtce", where, what))

    def _parameter(self, wanted: str, f: ResolvedField, where: str) -> str:
        """A parameter with its type; its name."""
        name = self.taken.take(wanted)
        node(
            self.parameters,
            "Parameter",
            name=name,
            parameterTypeRef=f"{name}_type",
            shortDescription=short(f.description),
        )
        for what in add_type(self.types, f"{name}_type", f, "Parameter"):
            self._lose(where or wanted, what)
        return name

    def _container(self, name: str, text: str, *, abstract: bool = False, rate: float | None = None) -> Element:
        """The EntryList of a new container."""
        c = node(
            self.containers, "SequenceContainer", name=name, shortDescription=short(text), abstract=abstract or None
        )
        if rate is not None:
            node(c, "DefaultRateInStream", minimumValue=rate, maximumValue=rate)
        return node(c, "EntryList")

    def _base(self, base: str, comparisons: list[tuple[str, int]]) -> None:
        """Of the container made last; the standard puts it after the EntryList."""
        element = node(self.containers[-1], "BaseContainer", containerRef=base)
        if comparisons:
            criteria = node(node(element, "RestrictionCriteria"), "ComparisonList")
            for parameter, value in comparisons:
                node(criteria, "Comparison", parameterRef=parameter, value=value, useCalibratedValue=False)

    def _packets(self, apid: int, members: list[ResolvedMessage]) -> None:
        found = {m.name: [e for e in entries(m) if not e[0].startswith("ccsds_")] for m in members}
        by_header = [("ccsds_type", 0), ("ccsds_apid", apid)]
        shared = 0
        if len(members) > 1:
            columns = zip(*found.values(), strict=False)
            shared = next((i for i, rows in enumerate(columns) if len({_shape(r[1]) for r in rows}) > 1), -1)
            shared = min(len(v) for v in found.values()) if shared < 0 else shared
        prefix = ""
        common: dict[str, str] = {}
        if shared:
            prefix = self.taken.take(f"APID_{apid}")
            element = self._container(prefix, f"what the packets of APID {apid} have in common", abstract=True)
            for name, f, lost in found[members[0].name][:shared]:
                parameter = self._parameter(f"{prefix}__{name}", f, f"{prefix}.{name}")
                common[name] = parameter
                node(element, "ParameterRefEntry", parameterRef=parameter)
                self._opaque(members[0].name, lost)
            self._base(ROOT, by_header)
        for m in members:
            container = self.taken.take(m.name)
            element = self._container(container, m.description, rate=m.rate)
            self.names += [((m.name, name), parameter) for name, parameter in common.items()]
            for name, f, lost in found[m.name][shared:]:
                parameter = self._parameter(f"{m.name}__{name}", f, f"{m.name}.{name}")
                self.names.append(((m.name, name), parameter))
                node(element, "ParameterRefEntry", parameterRef=parameter)
                self._opaque(m.name, lost)
            told = [(common[f.name], f.constant or 0) for f in m.discriminators if f.name in common]
            self._base(prefix or ROOT, told if prefix else by_header)
            if len(members) > 1 and not told:
                self._lose(
                    m.name,
                    f"a reader cannot tell it from the other packets of APID {apid}: no constant stands in front",
                )
            if m.crc:
                self._lose(m.name, f"{m.crc} is a parameter; no reader of XTCE is told to check it")

    def _opaque(self, message: str, lost: tuple[str, ...]) -> None:
        for name in lost:
            self._lose(f"{message}.{name}", "little-endian across octets off their borders: only as opaque octets")

    # ---- telecommands ----

    def _commands(self, commands: tuple[ResolvedMessage, ...], s: ResolvedSet) -> None:
        meta = node(self.top, "CommandMetaData")
        types = Element("xtce:ArgumentTypeSet")
        meta_commands = Element("xtce:MetaCommandSet")
        for m in commands:
            command = node(meta_commands, "MetaCommand", name=m.name, shortDescription=short(m.description))
            arguments = Element("xtce:ArgumentList")
            container = Element("xtce:CommandContainer", {"name": f"{m.name}_packet"})
            listed = node(container, "EntryList")
            for name, f, lost in entries(m):
                self._opaque(m.name, lost)
                if f.computed or f.constant is not None:
                    known = {"sequence_flags": 3, "data_length": m.size - 7}  # the others are zeros until it is sent
                    fixed = replace(f, constant=known.get(f.computed, 0)) if f.computed else f
                    node(listed, "FixedValueEntry", name=name, binaryValue=_hex(fixed), sizeInBits=f.width)
                else:
                    kind = f"{m.name}__{name}_type"
                    for what in add_type(types, kind, f, "Argument"):
                        self._lose(f"{m.name}.{name}", what)
                    if f.calibration is not None or (f.scale, f.offset) != (1.0, 0.0):
                        self._lose(f"{m.name}.{name}", _YAMCS)
                    argument = node(
                        arguments, "Argument", name=name, argumentTypeRef=kind, shortDescription=short(f.description)
                    )
                    if f.default is not None and f.kind != "flags":
                        argument.set("initialValue", _initial(f))
                    node(listed, "ArgumentRefEntry", argumentRef=name)
            if len(arguments):
                command.append(arguments)
            command.append(container)
            if m.hazardous:
                node(command, "DefaultSignificance", reasonForWarning="hazardous command", consequenceLevel="critical")
            self._verifiers(command, m, s)
            filled = "its sequence count" + (f" and its {m.crc} are" if m.crc else " is")
            self._lose(m.name, f"{filled} zero in the command: whoever sends it fills in")
        if len(types):
            meta.append(types)
        meta.append(meta_commands)

    def _verifiers(self, command: Element, m: ResolvedMessage, s: ResolvedSet) -> None:
        tags = {"accepted": "AcceptedVerifier", "completed": "CompleteVerifier"}
        order = ("AcceptedVerifier", "ExecutionVerifier", "CompleteVerifier")
        names = dict(self.names)
        parent: Element | None = None
        seen: set[str] = set()
        for v in sorted(m.verification, key=lambda v: order.index(tags.get(v.stage, order[1]))):
            tag = tags.get(v.stage, order[1])
            parameter = names.get((v.message, v.field))
            if parameter is None or (tag == order[0] and tag in seen):
                self._lose(m.name, f"verification '{v.stage}' by {v.message}.{v.field} is left out")
                continue
            seen.add(tag)
            parent = node(command, "VerifierSet") if parent is None else parent
            verifier = node(parent, tag)
            node(verifier, "Comparison", parameterRef=parameter, value=v.value)
            node(
                verifier, "CheckWindow", timeToStopChecking=f"PT{v.timeout:g}S", timeWindowIsRelativeTo="commandRelease"
            )


def _shape(f: ResolvedField) -> ResolvedField:
    """What must agree for two packets to share a parameter."""
    return replace(f, constant=None, default=None, description="", path="")


def _initial(f: ResolvedField) -> str:
    """A default as XTCE writes it."""
    return str(bool(f.default)) if f.kind == "bool" else str(f.default)


def _hex(f: ResolvedField) -> str:
    """A constant's bits as they stand in the packet, right-aligned in whole octets."""
    raw = (f.constant or 0) & ((1 << f.width) - 1)
    order = "little" if f.byte_order == "little" and f.width % 8 == 0 else "big"
    return raw.to_bytes(-(-f.width // 8), order).hex().upper()
