"""The Lua dissector, run by a Lua interpreter against a stand-in for Wireshark's API; in tshark where there is one."""

import random
import shutil
import struct
import subprocess
from xml.etree import ElementTree

import pytest

from osea_rocket.avionics.codec import Codec
from osea_rocket.avionics.generate import wireshark
from osea_rocket.avionics.generate.c99_vectors import sample
from osea_rocket.avionics.generate.outputs import element_fields
from osea_rocket.avionics.layout import layout
from osea_rocket.avionics.message_set import launcher_set

lupa = pytest.importorskip("lupa")

STAND_IN = """
shown, dissectors, can_number = {}, {}, nil
local wide = {__eq = function(a, b) return a.high == b.high and a.low == b.low end}
wide.__index = {higher = function(s) return s.high end, lower = function(s) return s.low end}
UInt64 = {new = function(low, high) return setmetatable({low = low, high = high}, wide) end}
Int64 = {new = function(low, high) return setmetatable({low = low, high = high, signed = true}, wide) end}
base = {NONE = 0, DEC = 1, HEX = 2}
wtap = {USER0 = 45}
ProtoField = setmetatable({}, {__index = function(_, kind)
  return function(abbreviation, name) return {kind = kind, abbreviation = abbreviation, name = name} end
end})
function Proto(name, description)
  local proto = {name = name, description = description}
  dissectors[#dissectors + 1] = proto
  return proto
end
Field = {new = function() return function() return {value = can_number} end end}
DissectorTable = {get = function() return {add = function() end, add_for_decode_as = function() end} end}
local function view(text)
  local range = {
    text = text,
    len = function() return #text end,
    uint = function()
      local n = 0
      for i = 1, #text do n = n * 256 + text:byte(i) end
      return n
    end,
    float = function() return string.unpack(#text == 4 and ">f" or ">d", text) end,
    le_float = function() return string.unpack(#text == 4 and "<f" or "<d", text) end,
    tvb = function() return view(text) end,
  }
  return setmetatable(range, {__call = function(_, at, n)
    assert(at + n <= #text, "reads past the end")
    return view(text:sub(at + 1, at + n))
  end})
end
view_of = view
function run(proto, text, id)
  shown, can_number = {}, id
  local tree = {}
  function tree:add(field, range, value)
    if field.kind then
      local item = {name = field.name, text = range.text, value = value, note = ""}
      shown[#shown + 1] = item
      return {append_text = function(_, note) item.note = note end}
    end
    return tree
  end
  local cols = {}
  return proto.dissector(view(text), {cols = cols}, tree), cols.info
end
"""


def load(s):
    lua = lupa.LuaRuntime(encoding="latin-1")
    (text,) = wireshark.generate(s).files.values()
    lua.execute(STAND_IN)
    lua.execute(text.encode().decode("latin-1"))
    return lua


def value_of(value):
    if hasattr(value, "high"):
        number = int(value.high) << 32 | int(value.low)
        return number - (1 << 64) if value.signed and number >> 63 else number
    return value


def compare(s, rng):
    lua = load(s)
    protos = {p.name.rpartition("_")[2]: p for p in lua.globals().dissectors.values()}
    run = lua.globals().run
    for m in s.messages:
        if m.kind not in wireshark.LINKS or not m.size:
            continue
        raws = tuple(sample(f, rng) for f in m.values for _ in range(f.count))
        data = Codec(m).pack(*raws, sequence_count=rng.randint(0, 16383))
        taken, name = run(protos["can" if m.kind == "can" else "ccsds"], data.decode("latin-1"), m.can_id)
        assert (taken, name) == (m.size, m.name)
        shown = {item.name: item for item in lua.globals().shown.values()}
        names = [n for f in m.values for n, _ in element_fields(f)]
        singles = [x for f in m.values for _, x in element_fields(f)]
        for name, single, raw in zip(names, singles, raws, strict=True):
            item = shown[name]
            if single.raw == "bytes":
                assert item.text.encode("latin-1") == raw
            else:
                assert value_of(item.value) == raw, name
            if (single.scale, single.offset) != (1.0, 0.0) and single.kind != "bcd":
                note = float(item.note.split()[1])
                exact = raw * single.scale + single.offset
                assert note == pytest.approx(exact, rel=1e-8, abs=1e-8 * abs(single.offset))


@pytest.mark.parametrize("seed", range(30))
def test_random_sets_are_shown_as_they_were_sent(seed, random_set):
    compare(random_set(seed, kinds=("telemetry", "telecommand", "can"), count=5), random.Random(seed))


def test_the_launcher_set():
    compare(layout(launcher_set()), random.Random(2))


def test_a_datagram_may_hold_several_packets_and_half_of_one():
    s = layout(launcher_set())
    lua = load(s)
    m = s.of_kind("telemetry")[0]
    rng = random.Random(3)
    data = Codec(m).pack(*(sample(f, rng) for f in m.values for _ in range(f.count)))
    proto = lua.globals().dissectors[1]
    assert lua.globals().run(proto, (data * 2 + data[:9]).decode("latin-1"), None)[0] == 2 * m.size
    assert lua.globals().run(proto, "\xff" * 40, None)[0] == 0


# ---- in tshark itself

USER0, SOCKETCAN, ETHERNET = 147, 227, 1


def pcap(link, frames):
    """A capture file (libpcap 2.4, little-endian) of *frames*, a second apart."""
    head = struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, link)
    return head + b"".join(struct.pack("<IIII", i, 0, len(f), len(f)) + f for i, f in enumerate(frames))


def in_udp(payload):
    """An Ethernet frame with an IPv4 datagram to port 5000 (no checksum in UDP)."""
    udp = struct.pack(">HHHH", 40000, 5000, 8 + len(payload), 0) + payload
    ip = struct.pack(
        ">BBHHHBBH4s4s", 0x45, 0, 20 + len(udp), 0, 0, 64, 17, 0, bytes([127, 0, 0, 1]), bytes([127, 0, 0, 1])
    )
    return bytes(12) + b"\x08\x00" + ip + udp


def on_can(m, data):
    """As SocketCAN captures a frame; the flag says that it is an FD frame."""
    return struct.pack(">IBBBB", m.can_id | m.extended << 31, len(data), 4 if m.fd else 0, 0, 0) + data


def tshark_shows(folder, script, capture, *options):
    """By tshark's own word: of each packet {field name: what is shown}, and its protocols."""
    (folder / "capture.pcap").write_bytes(capture)
    command = ["tshark", "-X", f"lua_script:{script}", "-r", str(folder / "capture.pcap"), "-T", "pdml", *options]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert "lua" not in done.stderr.lower(), done.stderr
    packets = ElementTree.fromstring(done.stdout).findall("packet")
    return [{f.get("name"): f for p in packet.findall("proto") for f in p.iter("field")} for packet in packets]


@pytest.mark.skipif(shutil.which("tshark") is None, reason="no tshark: the dissector is run by a stand-in only")
@pytest.mark.parametrize("seed", [None, 1, 2, 3])
def test_tshark_shows_what_was_sent(seed, random_set, tmp_path):
    rng = random.Random(seed)
    s = layout(launcher_set()) if seed is None else random_set(seed, kinds=("telemetry", "telecommand", "can"), count=8)
    ((name, text),) = wireshark.generate(s).files.items()
    (tmp_path / name).write_text(text, encoding="utf-8")
    prefix = name.removesuffix(".lua")
    sent = []
    for m in s.messages:
        if m.kind in wireshark.LINKS and m.size:
            raws = tuple(sample(f, rng) for f in m.values for _ in range(f.count))
            sent.append((m, raws, Codec(m).pack(*raws, sequence_count=rng.randint(0, 16383))))
    packets = [x for x in sent if x[0].kind != "can"]
    captures: list[tuple[list, bytes, tuple[str, ...]]] = [(packets, pcap(USER0, [d for *_, d in packets]), ())]
    captures.append(
        (packets, pcap(ETHERNET, [in_udp(d) for *_, d in packets]), ("-d", f"udp.port==5000,{prefix}_ccsds"))
    )
    frames = [x for x in sent if x[0].kind == "can"]
    if frames:
        capture = pcap(SOCKETCAN, [on_can(m, d) for m, _, d in frames])
        captures.append((frames, capture, ("-d", f"can.subdissector,{prefix}_can")))
    held = 0
    for members, capture, options in captures:
        shown = tshark_shows(tmp_path, tmp_path / name, capture, *options)
        assert len(shown) == len(members)
        for (m, raws, _), fields in zip(members, shown, strict=True):
            singles = [x for f in m.values for x in element_fields(f)]
            for (label, single), raw in zip(singles, raws, strict=True):
                (field,) = [
                    f
                    for n, f in fields.items()
                    if str(n).startswith(prefix) and str(f.get("showname")).startswith(f"{label}: ")
                ]
                text = str(field.get("show"))
                held += 1
                if single.kind == "text":
                    assert text == raw.rstrip(b"\0").decode(single.encoding)
                elif single.raw == "bytes":
                    assert bytes.fromhex(text.replace(":", "")) == raw
                elif single.raw == "float":
                    assert float(text) == pytest.approx(raw, rel=1e-5, nan_ok=True)
                else:
                    assert int(text, 0) == raw
    assert held > 20
