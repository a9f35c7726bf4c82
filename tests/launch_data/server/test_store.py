"""The store on both databases: appending, revisions, paging, history, access, embargoes, files, tokens."""

import json
import time
from pathlib import Path

import pytest
import sqlalchemy
from serving import LAUNCH, PROVIDER, WRITER, example, later, launches, put

from osea_rocket.core.errors import InputError
from osea_rocket.core.time import SECOND
from osea_rocket.launch_data.protocol.examples import examples
from osea_rocket.launch_data.store import tokens
from osea_rocket.launch_data.store.access import ANYBODY, Reader
from osea_rocket.launch_data.store.append import RefusedError
from osea_rocket.launch_data.store.files import put_file
from osea_rocket.launch_data.store.keys import key_file
from osea_rocket.launch_data.store.rows import incoming
from osea_rocket.launch_data.store.store import Store, now

PARTNER = Reader("p", "reader", "urn:osea:example:customer:1")
REGULATOR = Reader("r", "regulator", "urn:osea:example:authority:1")
CLEARED = Reader("c", "reader", "urn:osea:example:maker:1", ("ITAR/US",))


def ids(found) -> list[str]:
    return [s.id for s in found]


# ---- appending ----


def test_every_example_is_appended_and_comes_back_byte_for_byte(store: Store):
    put(store, *examples().values())
    for kind, record in examples().items():
        stored = store.get(record["id"])
        assert stored is not None
        assert stored.kind == kind
        assert stored.text == json.dumps(record).encode()


def test_the_same_text_again_is_no_new_revision_and_another_text_is_refused(store: Store):
    first = put(store, example("launch"))[0]
    again = put(store, example("launch"))[0]
    assert (first.new, again.new, first.event) == (True, False, again.event)
    with pytest.raises(RefusedError, match="appended, never changed") as refused:
        put(store, example("launch", name="another"))
    assert refused.value.status == 409
    assert len(store.revisions(LAUNCH, limit=10)) == 1


def test_revisions_follow_one_another(store: Store):
    first = example("launch")
    second = later(first, name="R1 flight 12b")
    put(store, first, second)
    with pytest.raises(RefusedError, match="the next revision is 3, not 4"):
        put(store, later(later(second)))
    assert [s.revision for s in store.revisions(LAUNCH, limit=10)] == [1, 2]
    newest = store.get(LAUNCH)
    assert newest is not None and newest.revision == 2
    assert (old := store.get(LAUNCH, revision=1)) is not None and json.loads(old.text)["name"] == "R1 flight 12"


def test_one_refused_record_refuses_all_of_a_request(store: Store):
    with pytest.raises(RefusedError) as refused:
        put(store, example("site"), example("countdown-clock", t_s=5.0))
    assert {f.rule for f in refused.value.findings} >= {"LD-CLK-005"}
    assert store.get(example("site")["id"]) is None
    assert store.last_number() == 0
    assert store.audited() == []


def test_only_the_issuer_writes_its_records(store: Store):
    for writer in (ANYBODY, Reader("x", "reader", PROVIDER), Reader("x", "provider", "urn:osea:other:provider:1")):
        with pytest.raises(RefusedError) as refused:
            put(store, example("site"), writer=writer)
        assert refused.value.status == 403
    put(store, example("site"))
    other = Reader("x", "provider", "urn:osea:other:provider:1")
    with pytest.raises(RefusedError, match="another party"):
        put(store, later(example("site"), issuer=other.party), writer=other)


def test_sequence_numbers_of_a_countdown_rise(store: Store):
    put(store, example("launch"), example("countdown-clock"))
    with pytest.raises(RefusedError, match="sequence 412 is not above"):
        put(store, example("countdown-clock", id="urn:osea:example:countdown-clock:2"))
    put(store, example("countdown-event"))


def test_rules_see_what_the_record_names_in_the_store(store: Store):
    put(store, example("payload"), example("launch"))
    with pytest.raises(RefusedError) as refused:
        put(store, example("manifest-slot", mass_limit_kg=500.0))
    assert "600" not in str(refused.value)
    assert any("550" in f.message for f in refused.value.findings)


def test_rules_tell_nothing_of_records_that_the_writer_may_not_read(store: Store):
    put(store, example("payload", access={"level": "regulator"}), example("launch"))
    other = Reader("x", "provider", "urn:osea:other:provider:1")
    slot = example("manifest-slot", mass_limit_kg=500.0, issuer=other.party)
    assert put(store, slot, writer=other)[0].new


# ---- reading ----


@pytest.mark.parametrize("backwards", [False, True])
@pytest.mark.parametrize("limit", [1, 3, 7])
def test_pages_hold_every_launch_once_in_order(store: Store, limit: int, backwards: bool):
    put(store, *launches(31))
    everything = store.page({"kind": "launch"}, limit=1000)
    assert len(everything) == 31
    found, key = [], None
    while page := store.page({"kind": "launch"}, limit=limit, key=key, backwards=backwards):
        found += page
        key = page[-1].sort_at, page[-1].id
    assert ids(found) == (ids(everything)[::-1] if backwards else ids(everything))
    assert [(s.sort_at, s.id) for s in everything] == sorted((s.sort_at, s.id) for s in everything)


def test_a_page_shows_each_record_in_its_newest_revision(store: Store):
    first = launches(3)
    put(store, *first)
    put(store, later(first[1], state="go"))
    assert [s.revision for s in store.page({"kind": "launch"}, limit=10) if s.id == first[1]["id"]] == [2]
    assert ids(store.page({"state": "go"}, limit=10)) == [first[1]["id"]]
    assert first[1]["id"] not in ids(store.page({"state": "planned"}, limit=10))


def test_what_names_a_record_is_found_by_it(store: Store):
    put(store, *examples().values())
    item = example("vehicle-item")["id"]
    kinds = {s.kind for s in store.page({"about": item}, limit=50)}
    assert kinds == {"vehicle-item", "launch", "recovery", "flight-unit-log", "anomaly"}


def test_history_as_of_a_time(store: Store):
    first = example("launch")
    put(store, first)
    between = now()
    time.sleep(0.002)
    put(store, later(first, name="slipped"))
    then = store.get(LAUNCH, as_of=between)
    assert then is not None and then.revision == 1
    assert [s.revision for s in store.page({"kind": "launch", "as_of": between}, limit=10)] == [1]
    assert store.get(LAUNCH, as_of=between - 3600 * SECOND) is None


@pytest.mark.parametrize(
    "text", ["' OR 1=1 --", '"; DROP TABLE revisions; --', "%", "_", "\\", "1); DELETE FROM tokens"]
)
def test_sql_in_a_filter_is_a_text_like_any_other(store: Store, text: str):
    put(store, *launches(2))
    for name in ("kind", "launch", "issuer", "state", "status", "about"):
        assert store.page({name: text}, limit=10) == []
    assert store.get(text) is None
    assert store.page({"kind": "launch"}, limit=10, key=(0, text)) != []
    assert store.number_of(text) is None
    assert len(store.page({"kind": "launch"}, limit=10)) == 2


# ---- who may read ----

LEVELS = [
    ({"level": "public"}, {"anybody", "partner", "regulator", "cleared", "issuer"}),
    ({"level": "partner", "partners": [PARTNER.party]}, {"partner", "issuer"}),
    ({"level": "regulator"}, {"regulator", "issuer"}),
    ({"level": "controlled", "regime": "ITAR", "jurisdiction": "US"}, {"cleared", "issuer"}),
    ({"level": "controlled", "regime": "EAR", "jurisdiction": "US"}, {"issuer"}),
    ({"level": "embargo", "until": "2100-01-01T00:00:00Z"}, {"issuer"}),
    ({"level": "embargo", "until": "2020-01-01T00:00:00Z"}, {"anybody", "partner", "regulator", "cleared", "issuer"}),
    ({"level": "embargo", "until_event": "landing"}, {"issuer"}),
    ({"level": "x-friends"}, {"issuer"}),
]


@pytest.mark.parametrize(("access", "allowed"), LEVELS, ids=lambda v: v.get("level") if isinstance(v, dict) else "")
def test_each_level_is_read_by_those_it_names_and_by_nobody_else(store: Store, access: dict, allowed: set[str]):
    put(store, example("launch", access=access))
    readers = {"anybody": ANYBODY, "partner": PARTNER, "regulator": REGULATOR, "cleared": CLEARED, "issuer": WRITER}
    for name, reader in readers.items():
        seen = name in allowed
        assert (store.get(LAUNCH, reader) is not None) == seen, name
        assert bool(store.page({"kind": "launch"}, reader, limit=5)) == seen, name
        assert bool(store.revisions(LAUNCH, reader, limit=5)) == seen, name
        assert bool(store.announced(0, reader)) == seen, name


def test_an_older_public_revision_is_what_the_public_goes_on_seeing(store: Store):
    first = example("launch")
    put(store, first, later(first, name="secret slip", access={"level": "regulator"}))
    assert [s.revision for s in store.page({"kind": "launch"}, limit=5)] == [1]
    assert [s.revision for s in store.page({"kind": "launch"}, REGULATOR, limit=5)] == [2]


def test_an_embargo_that_waits_for_an_event_ends_with_it_and_is_told_then(store: Store):
    access = {"level": "embargo", "until_event": "Payload separation + 1 s"}
    put(store, example("launch"), example("separation-state", access=access))
    state = example("separation-state")["id"]
    before = store.last_number()
    assert store.get(state) is None
    event = example("countdown-event", at="2026-01-01T00:00:00Z", clock="T", time_s=-1.0)
    put(store, event)
    assert store.get(state) is not None
    assert store.announce_openings() == 1
    assert store.announce_openings() == 0
    assert [a.stored.id for a in store.announced(before)] == [event["id"], state]


def test_an_embargo_by_time_is_told_when_it_ends(store: Store):
    from osea_rocket.core.time import Instant, format_utc

    until = format_utc(Instant(now() + 2 * SECOND), 3)
    put(store, example("launch"), example("site", access={"level": "embargo", "until": until}))
    assert store.announce_openings() == 0
    before = store.last_number()
    time.sleep(2.1)
    assert store.announce_openings() == 1
    assert [a.stored.kind for a in store.announced(before)] == ["site"]


def test_what_is_computed_from_restricted_records_may_not_be_public(store: Store):
    source = example("trajectory", access={"level": "regulator"})
    put(store, example("launch"), source)
    derived = [{"method": "computed", "software": "x", "source": source["id"]}]
    with pytest.raises(RefusedError, match="fewer people may read"):
        put(store, example("hazard-area", provenance=derived))
    by_hash = [{"method": "computed", "software": "x", "source_sha256": source["file"]["sha256"]}]
    with pytest.raises(RefusedError, match="fewer people may read"):
        put(store, example("impact-prediction", provenance=by_hash))
    assert put(store, example("hazard-area", provenance=derived, access={"level": "regulator"}))[0].new


# ---- files, tokens, keys ----


def test_a_file_is_read_by_those_who_may_read_a_record_that_names_it(store: Store):
    import hashlib

    content = b"CCSDS_OEM_VERS = 2.0\n"
    sha256 = hashlib.sha256(content).hexdigest()
    record = example("trajectory", access={"level": "regulator"})
    record["file"]["sha256"] = sha256
    with pytest.raises(InputError, match="no record of this token's party"):
        put_file(store, sha256, content, WRITER)
    put(store, example("launch"), record)
    with pytest.raises(InputError, match="another SHA-256"):
        put_file(store, sha256, content + b"x", WRITER)
    assert put_file(store, sha256, content, WRITER)
    assert not put_file(store, sha256, content, WRITER)
    assert store.file(sha256) is None
    assert store.file(sha256, REGULATOR) == content


def test_tokens_are_kept_as_hashes_and_end(store: Store):
    made = tokens.issue(store, "provider", party=PROVIDER, days=1, clearances=("ITAR/US",))
    reader = tokens.reader_of(store, made.text)
    assert reader == Reader(made.id, "provider", PROVIDER, ("ITAR/US",))
    secret = made.text.rpartition("_")[2]
    with store.reading.connect() as connection:
        for table in ("tokens", "audit"):
            assert secret not in str(connection.execute(sqlalchemy.text(f"SELECT * FROM {table}")).all())
    for wrong in ("", "osea_", made.text[:-1] + "x", made.text[:-1], made.text.replace(secret, "0" * 64), "x" * 100):
        assert tokens.reader_of(store, wrong) is None
    tokens.revoke(store, made.id)
    assert tokens.reader_of(store, made.text) is None
    with pytest.raises(InputError, match="no token"):
        tokens.revoke(store, made.id)
    expired = tokens.issue(store, "reader", party=None, days=1)
    with store.writing() as connection:
        connection.execute(sqlalchemy.text("UPDATE tokens SET expires_at = 0"))
    assert tokens.reader_of(store, expired.text) is None


def test_a_commit_is_on_the_disk(store: Store):
    with store.writing() as connection:
        if store.local:
            assert connection.exec_driver_sql("PRAGMA synchronous").scalar() == 2  # FULL
            assert connection.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"
        else:
            assert connection.exec_driver_sql("SHOW synchronous_commit").scalar() == "on"
            assert connection.exec_driver_sql("SHOW fsync").scalar() == "on"


@pytest.mark.parametrize(
    "url", ["", "nonsense", "mysql://x/y", "sqlite://", "sqlite:///:memory:", "sqlite:////nowhere/x.db"]
)
def test_a_store_that_cannot_be_is_refused(url: str):
    with pytest.raises(InputError):
        Store(url)


def test_a_store_that_cannot_be_reached_does_not_tell_its_password():
    with pytest.raises(InputError) as refused:
        Store("postgresql://osea:geheim@127.0.0.1:1/none")
    assert "geheim" not in str(refused.value)


def test_the_key_is_its_owners_alone(tmp_path: Path):
    path = tmp_path / "key"
    key = key_file(path)
    assert len(key) == 32 and key_file(path) == key
    assert path.stat().st_mode & 0o777 == 0o600
    path.chmod(0o644)
    with pytest.raises(InputError, match="others may read"):
        key_file(path)


def test_times_beyond_what_a_database_holds_are_kept(store: Store):
    offer = example("price-offer", valid={"start": "2027-01-01T00:00:00Z", "end": "9999-12-31T00:00:00Z"})
    offer["valid"]["start"] = "9998-01-01T00:00:00Z"
    assert put(store, offer)[0].new
    assert incoming(json.dumps(offer).encode(), "x").row()["sort_at"] == (1 << 63) - 1
