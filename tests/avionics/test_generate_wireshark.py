"""The Lua dissector, run by a Lua interpreter against a stand-in for Wireshark's API; in tshark where there is one."""

import random
import shutil
import subprocess

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


def test_tshark_loads_it(tmp_path):
    tshark = shutil.which("tshark")
    if tshark is None:
        pytest.skip("no tshark: the dissector is run by a stand-in only")
    ((name, text),) = wireshark.generate(layout(launcher_set())).files.items()
    (tmp_path / name).write_text(text, encoding="utf-8")
    done = subprocess.run(
        [tshark, "-X", f"lua_script:{tmp_path / name}", "-G", "protocols"], capture_output=True, text=True, check=True
    )
    assert "osea_launcher_ccsds" in done.stdout and "Error" not in done.stderr
