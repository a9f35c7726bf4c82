"""Figures of the example worked out by hand, splices, and message sets from files."""

import pytest

from osea_rocket.avionics.electrical.check import check_electrical
from osea_rocket.avionics.electrical.document import Electrical
from osea_rocket.avionics.electrical.harness import Splice
from osea_rocket.avionics.electrical.index import Index
from osea_rocket.avionics.electrical.power_tree import charge, source_current, voltage_at
from osea_rocket.core.documents import load_document
from osea_rocket.core.findings import Severity


def test_the_voltage_at_the_valve_driver_is_what_ohm_says(sound):
    ix = Index(sound)
    load = next(x for x in sound.loads if x.name == "vlv_a")
    found = voltage_at(ix, load, ix.sources["bat_a"])
    assert found is not None
    boost = [40, 16, 60, 120, 20, 300, 8, 85]  # W of string A in the boost phase, at 25 V
    total = sum(boost) / 25.0
    hot = 1 + 0.00393 * 40  # 60 degC
    battery = total * 25e-3
    fuse = total * 1e-3
    # 30 A are stated for three AWG 12 wires of 1.5 m each way, with two contacts of 1.5 milliohm each
    trunk = 30.0 * 2 * (6.1e-3 * 1.5 * hot + 2 * 1.5e-3) / 3
    limiter = 120.0 / 25.0 * 30e-3
    # 5.2 A are stated for two AWG 20 wires of 9 m each way, contacts of 5 milliohm
    branch = 5.2 * 2 * (35.5e-3 * 9 * hot + 2 * 5e-3) / 2
    assert found[0] == pytest.approx(25.0 - battery - fuse - trunk - limiter - branch, abs=1e-9)


def test_the_charge_of_the_battery_is_the_sum_over_the_phases(sound):
    ix = Index(sound)
    bat = ix.sources["bat_a"]
    tables = {x.name: x.power for x in sound.loads if x.string == "A"}
    powers = [sum(p[k] for p in tables.values() if p) for k in range(len(sound.phases))]
    by_hand = sum(p / 25.0 * phase.duration for p, phase in zip(powers[1:], sound.phases[1:], strict=True))
    assert charge(ix, bat) == pytest.approx(by_hand)
    assert source_current(ix, bat, 0) == 0.0  # on ground power


def test_the_firing_current_is_volts_over_the_loop(sound):
    (found,) = [f for f in check_electrical(sound).of_rule("pyro.fire_current") if f.message.startswith("sep_a: 5")]
    hot = 1 + 0.00393 * 40
    loop = 2.9 + 1.05 + 2 * (22.4e-3 * 8 * hot + 2 * 2.5e-3)
    assert f"{25.0 / loop:.3g} A flow" in found.message
    assert found.margin == pytest.approx(25.0 / loop / (1.5 * 3.5) - 1.0)


def _spliced(sound: Electrical, splice: Splice) -> Electrical:
    """Wire W037 (supply of a flight computer) cut in two."""
    i = next(k for k, w in enumerate(sound.wires) if w.name == "W037")
    wire = sound.wires[i]
    halves = (
        type(wire).model_validate({**dict(wire), "end": splice.name}),
        type(wire).model_validate({**dict(wire), "name": "W037b", "start": splice.name}),
    )
    e = sound.model_copy(update={"wires": (*sound.wires[:i], *halves, *sound.wires[i + 1 :]), "splices": (splice,)})
    e.check_names()
    return e


def test_splices_join_and_have_their_limits(sound):
    good = Splice(name="SP1", current=7.5, thinnest=26, thickest=20)
    wrong = [f for f in check_electrical(_spliced(sound, good)).findings if f.severity is not Severity.OK]
    # The return goes straight, so it is not beside the two halves; nothing else is told.
    assert {f.rule for f in wrong} == {"electrical.signal.return"}
    weak = check_electrical(_spliced(sound, good.evolve(current=3.0)))
    assert any("'SP1' is derated to 1.5 A" in f.message for f in weak.of_rule("contact.current"))
    thin = check_electrical(_spliced(sound, good.evolve(thickest=22)))
    assert any("AWG 20 in SP1, which holds AWG 22 to 26" in f.message for f in thin.of_rule("contact.gauge"))
    alone = check_electrical(sound.model_copy(update={"splices": (good,)}))
    assert any("splice SP1 joins no wires" in f.message for f in alone.of_rule("pin.wired"))


SET = """\
schema: osea/message-set/v1
name: two frames
messages:
- name: order
  type: can
  id: 16
  rate: 100 Hz
  source: brain
  sinks: [hand]
  latency: 1 ms
  fields: [{name: x, type: uint, bits: 64}]
- name: state
  type: can
  id: 16
  bus: other
  rate: 100 Hz
  source: hand
  sinks: [brain]
  fields: [{name: x, type: uint, bits: 8}]
"""
BUS = """\
schema: osea/electrical/v1
name: one bus
message_set: set.yaml
phases:
- {name: p, duration: 1 s, place: flight}
equipment:
- {name: a, roles: [brain]}
- {name: b, roles: [hand]}
signals:
- {name: h, type: can, returns: l}
- {name: l, type: can, returns: h}
buses:
- name: can
  type: can
  signals: [h, l]
  bit_rate: BITRATE
  nodes: [{equipment: a}, {equipment: b}]
  slots:
  - {name: order, message: order, source: a, sinks: [b], jitter: 0 s}
  - {name: state, message: state, source: b, sinks: [a], jitter: 1 us}
"""


@pytest.mark.parametrize(("bit_rate", "late"), [("1 Mbit/s", False), ("100 kbit/s", True)])
def test_identifiers_rates_and_budgets_come_from_the_message_set(tmp_path, bit_rate, late):
    (tmp_path / "set.yaml").write_text(SET, encoding="utf-8")
    path = tmp_path / "bus.yaml"
    path.write_text(BUS.replace("BITRATE", bit_rate).replace("jitter: 0 s", "jitter: 2 us"), encoding="utf-8")
    check = check_electrical(load_document(Electrical, path))
    doubled = [f for f in check.of_rule("bus.address") if "both have CAN identifier 0x10" in f.message]
    assert len(doubled) == 1 and doubled[0].where.startswith(f"{path}:20:")
    (found,) = [f for f in check.of_rule("message.latency") if f.message.startswith("order ")]
    bits = 135 + 65  # itself behind one frame of the other
    worst = bits / (1e6 if not late else 1e5) + 2e-6
    assert (found.severity is Severity.ERROR) is late
    assert found.margin == pytest.approx(1e-3 / worst - 1.0)
