"""Records of reuse: append-only and chained, and what they say when read together."""

import json
import shutil
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from osea_rocket.core.errors import InputError
from osea_rocket.core.findings import Severity
from osea_rocket.launch_data.protocol.package import judge
from osea_rocket.launch_data.protocol.rules import Package
from osea_rocket.launch_data.protocol.rules.engine import Entry
from osea_rocket.launch_data.reuse import flight_unit_logs, recovery_records
from osea_rocket.recovery.reuse.check import reuse_findings
from osea_rocket.recovery.reuse.history import History, cycles_borne, miner_sum
from osea_rocket.recovery.reuse.log import append, parse_log, read_log
from osea_rocket.recovery.reuse.records import (
    Allowance,
    CycleBlock,
    InspectionRecord,
    ItemRecord,
    ReleaseRecord,
    ReplacementRecord,
    ReuseRecord,
    UseRecord,
    kind_of,
)

EXAMPLE = Path("examples/reuse/B003.jsonl")
DAY = 86400.0


@pytest.fixture
def log(tmp_path) -> Path:
    """A copy of the example's log, to append to."""
    return Path(shutil.copy(EXAMPLE, tmp_path / "B003.jsonl"))


def record(model: type[ReuseRecord], number: int, issued: str, **fields) -> ReuseRecord:
    """A record of the example's item."""
    kind = {ItemRecord: "item", UseRecord: "use", ReplacementRecord: "replacement", ReleaseRecord: "release"}[model]
    plain = {
        "schema": f"osea/reuse/{kind}/v1", "id": f"urn:osea:example:reuse:{number}", "revision": 1,
        "issuer": "urn:osea:example:provider:1", "issued_at": issued, "status": "actual",
        "item": "urn:osea:example:vehicle-item:1",
    }  # fmt: skip
    return model.model_validate_json(json.dumps(plain | fields))


def flight(number: int, month: int, **fields) -> ReuseRecord:
    """One more flight, in 2027."""
    times = {"began_at": f"2027-{month:02d}-10T00:00:00Z", "ended_at": f"2027-{month:02d}-10T00:08:00Z"}
    plain = {"occasion": "flight", "launch": f"urn:osea:example:launch:{number}", "starts": 3, **times, **fields}
    return record(UseRecord, number, f"2027-{month:02d}-11T00:00:00Z", **plain)


def findings(path: Path, rule: str) -> list:
    return [f for f in reuse_findings(History(read_log(path))) if f.rule == rule]


def test_the_example_says_what_its_records_add_up_to():
    history = History(read_log(EXAMPLE))
    life = {x.allowance.name: x for x in history.life()}
    assert life["flights"].used == 3
    assert life["engine starts"].used == 1 + 3 + 4 + 3  # the firing, and the second flight as it was corrected
    assert life["chamber wall"].used == 4 * (1 + 3 + 4 + 3)  # scatter factor four
    assert [t.flight for t in history.turnarounds()] == [2, 3]
    assert history.turnarounds()[0].to_flight / DAY == pytest.approx(40.32, abs=0.01)
    assert (history.turnarounds()[0].to_release or 0.0) / DAY == pytest.approx(32.24, abs=0.01)
    assert history.flight_number("urn:osea:example:launch:14") == 2
    assert history.flight_number("urn:osea:example:launch:99") is None
    assert history.open_findings() == ()
    assert history.release is not None and history.release.by.name == "Li Wen"
    assert all(f.severity is Severity.OK for f in reuse_findings(history))


def test_nothing_derived_is_stored():
    words = ("flight_number", "life_used", "turnaround", "share", "used")
    assert not any(f'"{word}"' in EXAMPLE.read_text(encoding="utf-8") for word in words)


def miner(**changes) -> Allowance:
    curve = [{"amplitude": 100.0, "cycles": 1e6}, {"amplitude": 200.0, "cycles": 1e4}]
    plain = {"name": "m", "rule": "miner", "quantity": "stress", "unit": "MPa", "allowed": 1.0, "source": "a test"}
    return Allowance.model_validate_json(json.dumps(plain | {"curve": curve} | changes))


def block(amplitude: float, count: float, unit: str = "MPa") -> CycleBlock:
    return CycleBlock(quantity="stress", amplitude=amplitude, unit=unit, count=count, kind="load")


def test_miners_sum_adds_shares_of_life():
    # slope of two decades of cycles in a factor two of amplitude: N(141.42) = 1e5
    assert cycles_borne(100.0 * 2**0.5, miner()) == pytest.approx(1e5)
    assert cycles_borne(50.0, miner()) == pytest.approx(1e8)  # beyond the end along the same line
    assert cycles_borne(400.0, miner()) == pytest.approx(1e2)
    assert miner_sum([block(100.0, 5e5), block(200.0, 2500.0)], miner()) == pytest.approx(0.75)
    with pytest.raises(ValueError, match="in ksi, and the curve of 'm' in MPa"):
        miner_sum([block(100.0, 1.0, "ksi")], miner())


@given(st.lists(st.tuples(st.floats(1.0, 1e3), st.floats(1.0, 1e4)), min_size=1, max_size=6))
@settings(max_examples=60, deadline=None)
def test_damage_is_additive_and_grows_with_amplitude(pairs):
    blocks = [block(a, n) for a, n in pairs]
    whole = miner_sum(blocks, miner())
    assert whole == pytest.approx(sum(miner_sum([b], miner()) for b in blocks))
    assert miner_sum([block(1.01 * a, n) for a, n in pairs], miner()) > whole


def test_an_allowance_used_up_is_an_error_by_serial(log):
    for n in range(7):
        append(log, flight(100 + n, 1 + n))
    (used,) = [f for f in findings(log, "reuse.life") if "flights" in f.message]
    assert used.severity is Severity.ERROR and used.margin == 0.0
    assert "stage B003" in used.message and "10 of 10 used" in used.message


def test_the_next_flight_is_looked_at_too(log):
    append(log, flight(100, 1, starts=40))
    (starts,) = [f for f in findings(log, "reuse.life") if "engine starts" in f.message]
    assert starts.severity is Severity.WARN and "the next one may use it up" in starts.message


def test_a_replacement_renews_the_allowances_that_it_names(log):
    append(log, record(ReplacementRecord, 200, "2026-11-01T00:00:00Z", at="2026-10-20T00:00:00Z", part="chamber 1",
                       fitted_serial="C-9", reason="life", renews=["chamber wall"]))  # fmt: skip
    life = {x.allowance.name: x.used for x in History(read_log(log)).life()}
    assert life["chamber wall"] == 0.0 and life["flights"] == 3


def test_a_use_ends_what_was_released_for_it(log):
    append(log, flight(100, 1))
    (release,) = findings(log, "reuse.release")
    assert release.severity is Severity.UNKNOWN
    by = {"name": "Li Wen", "role": "head of the release board"}
    append(
        log, record(ReleaseRecord, 101, "2027-02-01T00:00:00Z", at="2027-01-30T00:00:00Z", decision="withheld", by=by)
    )
    (release,) = findings(log, "reuse.release")
    assert release.severity is Severity.ERROR and "withheld by Li Wen" in release.message


def test_what_did_not_come_back_does_not_fly(log):
    landing = {"outcome": "lost", "mode": "ship"}
    append(log, flight(100, 1, landing=landing))
    (lost,) = findings(log, "reuse.lost")
    assert lost.severity is Severity.ERROR and "stage B003 was lost on flight 4" in lost.message


def test_open_findings_keep_it_on_the_ground(log):
    lines = log.read_text(encoding="utf-8").splitlines()
    inspection = json.loads(lines[8])
    crack = inspection["findings"][0] | {"number": "F-9", "severity": "critical"}
    inspection |= {"id": "urn:osea:example:reuse:300", "findings": [crack]}
    inspection.pop("previous")
    append(log, InspectionRecord.model_validate_json(json.dumps(inspection)))
    (found,) = findings(log, "reuse.finding")
    assert found.severity is Severity.ERROR and "F-9 (critical" in found.message and f"{log}:16" in found.where


def test_a_correction_is_a_new_line_and_supersedes(log):
    before = log.read_bytes()
    first = next(e for e in read_log(log).entries if kind_of(e.record) == "use")
    fixed = first.record.model_copy(update={"revision": 2, "starts": 2, "status": "corrected"})
    written = append(log, fixed)
    assert log.read_bytes().startswith(before)
    assert written.supersedes is not None and written.supersedes.sha256 == first.sha256
    life = {x.allowance.name: x.used for x in History(read_log(log)).life()}
    assert life["engine starts"] == 12


def test_what_does_not_follow_is_refused_and_leaves_the_file_as_it_was(log):
    before = log.read_bytes()
    for wrong, text in (
        (flight(2, 1), "'urn:osea:example:reuse:2' stands in line 2 with revision 1, so it must be 2"),
        (flight(100, 1).model_copy(update={"revision": 3}), "is new, so it must be 1"),
        (flight(100, 1).model_copy(update={"item": "urn:osea:example:vehicle-item:2"}), "and the log of"),
        (
            flight(100, 1).model_copy(update={"revision": 2, "id": "urn:osea:example:reuse:1"}),
            "of another kind in line 1",
        ),
    ):
        with pytest.raises(InputError, match=text):
            append(log, wrong)
        assert log.read_bytes() == before


@pytest.mark.parametrize(
    ("change", "line", "text"),
    [
        (lambda rows: [*rows[:3], rows[3].replace('"starts": 3', '"starts": 5'), *rows[4:]], 5, "a line was changed"),
        (lambda rows: rows[:5] + rows[6:], 6, "a line was changed, taken out or put in"),
        (lambda rows: rows[1:], 1, "the first line is the item's record"),
        (
            lambda rows: [rows[0], rows[1].replace("reuse/use/", "reuse/uses/"), *rows[2:]],
            2,
            "known: osea/reuse/item/v1",
        ),
        (lambda rows: [rows[0].replace('"allowed": 10', '"allowed": -10'), *rows[1:]], 1, "allowances/0/allowed"),
        (lambda rows: [rows[0], "{", *rows[1:]], 2, "this is no JSON"),
        (
            lambda rows: [rows[0], rows[1].replace('"starts": 1', '"starts": 0'), *rows[2:]],
            2,
            "each burn has its start",
        ),
    ],
)
def test_a_damaged_log_is_refused_by_its_line(tmp_path, change, line, text):
    rows = EXAMPLE.read_text(encoding="utf-8").splitlines()
    file = tmp_path / "log.jsonl"
    file.write_text("\n".join(change(rows)) + "\n", encoding="utf-8")
    with pytest.raises(InputError, match=text) as error:
        read_log(file)
    assert f"log.jsonl:{line}" in str(error.value)


def test_a_cut_or_empty_log_is_refused(tmp_path):
    data = EXAMPLE.read_bytes()
    with pytest.raises(InputError, match="cut off"):
        parse_log(data[:-1], "log")
    with pytest.raises(InputError, match="the log is empty"):
        parse_log(b"\n", "log")
    with pytest.raises(InputError, match="cannot read"):
        read_log(tmp_path / "none.jsonl")


def test_fields_of_a_newer_version_stay(log):
    append(log, flight(100, 1, wear_of_feet_mm=1.5))
    assert read_log(log).entries[-1].record.model_extra == {"wear_of_feet_mm": 1.5}


def test_launch_data_gets_unit_logs_and_recoveries_that_its_own_rules_accept():
    history = History(read_log(EXAMPLE))
    logs, back = flight_unit_logs(history), recovery_records(history)
    assert [u.starts for u in logs] == [3, 4, 3]
    flights = [next(x for x in u.life if x.limit == "flights").used for u in logs]
    assert flights == [1.0, 2.0, 3.0]  # as of each flight
    assert back[0].outcome == "success" and back[0].parts_replaced[0].part == "leg 3 crush core"
    assert back[1].findings == ("turbine blade 17: crack of 0.4 mm at the root",)
    assert back[1].released_by == "Li Wen" and back[2].life_used == pytest.approx(44 / 80)
    found = judge(Package([Entry(r, "here") for r in (*logs, *back)], whole=False))
    assert [f for f in found if f.severity is Severity.ERROR] == []
