"""A wrong file: each fault with its file, line, field and the mend; and the numbers of the rules."""

import math

import pytest

from osea_rocket.avionics.electrical.document import Electrical
from osea_rocket.avionics.electrical.tables import (
    at_temperature,
    insert,
    solid_resistance,
    tables,
    wire_current,
)
from osea_rocket.core.documents import DocumentError, load_document

SMALL = """\
schema: osea/electrical/v1
name: small
phases:
- {name: hold, duration: 10 min, place: ground}
- {name: flight, duration: 300 s, place: flight}
contacts:
- {name: c20, size: "20", current: 7.5 A, thinnest: 24, thickest: 20, resistance: 5 mohm}
wire_types:
- {name: w20, gauge: 20, resistance: 35 mohm/m, voltage: 600 V, temperature: 200 degC}
equipment:
- name: box_a
  bond: 1 mohm
  isolation: 2 Mohm
  connectors:
  - {name: J1, arrangement: 11-98, contact: c20, mate: P1, pins: [{pin: A, signal: s, type: power, direction: out}]}
- name: box_b
connectors:
- {name: P1, arrangement: 11-98, contact: c20, mate: box_a.J1}
signals:
- {name: s, type: power, voltage: 24..32 V, current: 2 A}
bundles:
- {name: B1, category: power, length: 3 m, environment: vacuum, temperature: 60 degC}
supplies:
- {name: bat, type: battery, equipment: box_a, capacity: 5 A*hour, depth_of_discharge: 70 %, phases: [flight]}
protections:
- {name: f1, type: fuse, equipment: box_a, from: [bat], signal: s, rating: 5 A}
loads:
- {name: l, equipment: box_b, from: f1, power: [0 W, 20 W]}
wires:
- {name: W1, type: w20, from: P1.A, to: P1.B, length: 3 m, bundle: B1}
"""

FAULTS = {  # what is written instead, where it is told, and what is said
    "an unknown signal": (
        "signal: s, type: power, direction",
        "signal: t, type: power, direction",
        15,
        "'t' is not among the signals; define it, or use one of: s",
    ),
    "a misspelt bundle": (
        "bundle: B1}",
        "bundle: B2}",
        30,
        "'B2' is not among the bundles; define it, or use one of: B1",
    ),
    "a wire to nowhere": (
        "to: P1.B",
        "to: P9.B",
        30,
        "neither a cavity of a harness connector (such as P1.3) nor a splice; known: P1",
    ),
    "a wire to a box": ("to: P1.B", "to: box_b", 30, "'box_b' is neither a cavity"),
    "a name twice": (
        "- name: box_b",
        "- name: box_a",
        16,
        "two boxes are called 'box_a'; give one of them another name",
    ),
    "a bare number": ("current: 2 A}", "current: 2}", 20, "a number without a unit; write '2 A'"),
    "a wrong unit": (
        "length: 3 m, bundle",
        "length: 3 A, bundle",
        30,
        "'A' is not a unit of this quantity; its SI unit is m",
    ),
    "a fuse that feeds itself": ("from: [bat]", "from: [f1]", 26, "'f1' feeds itself"),
    "powers and phases": (
        "power: [0 W, 20 W]",
        "power: [20 W]",
        28,
        "1 powers for 2 phases; give one for each, in their order",
    ),
    "a word that is none": ("type: power, voltage", "type: powr, voltage", 20, "did you mean 'power'?"),
    "a field that is none": (
        "length: 3 m, bundle",
        "lenght: 3 m, bundle",
        30,
        "unknown field 'lenght'; did you mean 'length'?",
    ),
    "a share over one": ("discharge: 70 %", "discharge: 170 %", 24, "must be at most 1"),
    "a range turned round": ("24..32 V", "32..24 V", 20, "the range runs from its low end to its high end"),
    "a name with a blank": ("name: l,", 'name: "my load",', 28, "a name is of letters, digits, _ + -"),
    "an unknown phase": (
        "phases: [flight]",
        "phases: [fligth]",
        24,
        "'fligth' is not among the phases; did you mean 'flight'?",
    ),
    "a flag that is text": ("- name: box_b", "- {name: box_b, ground: yes}", 16, "must be true or false"),
    "a fraction of a gauge": ("gauge: 20,", "gauge: 20.5,", 9, "a whole number is expected here"),
    "no message set": ("name: small", "name: small\nmessage_set: lost.yaml", 3, "there is no such file"),
}


def test_the_small_file_is_read(tmp_path):
    path = tmp_path / "small.yaml"
    path.write_text(SMALL, encoding="utf-8")
    e = load_document(Electrical, path)
    assert e.supplies[0].capacity == 5 * 3600 and e.wires[0].start == "P1.A"
    assert Electrical.model_validate(e.to_plain()).content_hash() == e.content_hash()


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_is_told_with_file_line_and_mend(name, tmp_path):
    before, after, line, words = FAULTS[name]
    assert SMALL.count(before) == 1, name
    path = tmp_path / "small.yaml"
    path.write_text(SMALL.replace(before, after), encoding="utf-8")
    with pytest.raises(DocumentError) as caught:
        load_document(Electrical, path)
    told = [p for p in caught.value.problems if words in p.text]
    assert told, str(caught.value)
    assert (told[0].file, told[0].line) == (str(path), line)


def test_wire_tables():
    # AWG 20 is 0.812 mm thick and has 33.3 milliohm a metre (ASTM B258); copper gains 0.393 % a kelvin.
    assert solid_resistance(20, "copper") == pytest.approx(33.3e-3, rel=2e-3)
    assert at_temperature(1.0, 393.15) == pytest.approx(1.393)
    assert at_temperature(1.0, 200.0) == 1.0
    # Lundquist and Leidecker (NTRS 19990113164): 3.7 A for AWG 20 in a bundle of 15 or more, 70 degC, vacuum.
    assert wire_current(20, "copper", 473.15, 343.15, 15, True) == pytest.approx(3.7)
    assert wire_current(20, "copper", 473.15, 343.15, 40, True) == pytest.approx(3.7)
    assert wire_current(20, "copper", 473.15, 343.15, 1, True) == pytest.approx(6.5)
    cooler, warmer = (wire_current(20, "copper", 473.15, t, 1, True) for t in (300.0, 400.0))
    assert cooler is not None and warmer is not None and cooler > 6.5 > warmer
    aluminium = wire_current(20, "aluminium", 473.15, 343.15, 1, True)
    assert aluminium == pytest.approx(6.5 * math.sqrt(1.7241 / 2.826))
    assert wire_current(21, "copper", 473.15, 343.15, 1, True) is None
    currents = [(w.single, w.bundled) for w in tables().wire_currents]
    assert currents == sorted(currents) and all(b < s for s, b in currents)


def test_inserts_have_their_cavities():
    arrangement = insert("11-98")
    assert arrangement is not None and arrangement.cavities() == tuple("ABCDEF")
    numbered = insert("13-35")
    assert numbered is not None and numbered.cavities()[-1] == "22"
    lettered = insert("15-19")
    assert lettered is not None and not {"I", "O", "Q"} & set(lettered.cavities())
    assert insert("99-1") is None
