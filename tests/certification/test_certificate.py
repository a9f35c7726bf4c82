"""Certificates: issued, checked, forged, expired, revoked; and what the command says."""

import copy
import json
import re
import shutil
from pathlib import Path

import jsonschema_rs
import pytest

from osea_rocket.certification.certificate import Certificate, canonical, check, read_certificate
from osea_rocket.certification.page import badge, page
from osea_rocket.core.errors import InputError
from osea_rocket.core.signing import PrivateKey, SignatureError, sign
from osea_rocket.launch_data.signed import unix_seconds
from osea_rocket.studies.certify.command import certify, run_certify, run_revoke, run_verify

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
ISSUED = unix_seconds("2027-03-01T12:00:00Z")


@pytest.fixture(scope="module")
def key(tmp_path_factory):
    folder = tmp_path_factory.mktemp("keys")
    key = PrivateKey.create()
    key.write(folder / "k.json")
    key.public.write(folder / "k.pub.json")
    return folder / "k.json"


@pytest.fixture(scope="module")
def log(tmp_path_factory):
    return Path(shutil.copy(EXAMPLES / "reuse/B003.jsonl", tmp_path_factory.mktemp("log")))


@pytest.fixture(scope="module")
def made(key, log):
    return certify(str(log), issued=ISSUED, key=PrivateKey.read(key))[0]


def _keys(key):
    public = PrivateKey.read(key).public
    return {public.id: public}


def _signed(body, key):
    return Certificate(body, sign(canonical(body), PrivateKey.read(key), "osea-certificate", signed_at=ISSUED))


def test_two_runs_give_the_same_bytes_but_for_time(made, key, log, tmp_path, monkeypatch):
    again = certify(str(log), issued=ISSUED, key=PrivateKey.read(key))[0]
    assert again.text() == made.text() and page(again) == page(made)
    elsewhere = tmp_path / "another folder"
    elsewhere.mkdir()
    shutil.copy(log, elsewhere)
    monkeypatch.chdir(elsewhere)
    assert certify(log.name, issued=ISSUED, key=PrivateKey.read(key))[0].text() == made.text()
    later = certify(str(log), issued=ISSUED + 60, key=PrivateKey.read(key))[0]
    times = ("issued_at", "expires_at")
    assert {k: v for k, v in later.body.items() if k not in times} == {
        k: v for k, v in made.body.items() if k not in times
    }


def test_it_holds_its_files_tool_corpus_and_every_requirement(made, log):
    body = made.body
    assert body["level"] == "gold" and [f["path"] for f in body["subject"]["files"]] == [log.name]
    assert re.fullmatch("[0-9a-f]{64}", body["corpus"]["sha256"]) and body["tool"]["version"]
    rows = body["suites"][0]["requirements"]
    assert len(rows) == 10 and all(r["verdict"] == "holds" and r["evidence"] and r["traces"] for r in rows)


def test_what_is_forged_is_refused(made, key):
    assert check(made, _keys(key), now=ISSUED + 1).problems == ()
    for change in (
        lambda b: b.update(level="platinum"),
        lambda b: b["suites"][0]["requirements"][3].update(verdict="does not apply"),
        lambda b: b["subject"]["files"][0].update(sha256="0" * 64),
        lambda b: b.update(expires_at="2030-01-01T00:00:00Z"),
    ):
        body = copy.deepcopy(made.body)
        change(body)
        with pytest.raises(SignatureError, match="does not hold"):
            check(Certificate(body, made.token), _keys(key), now=ISSUED + 1)
    other = PrivateKey.create().public
    with pytest.raises(SignatureError, match="not among those trusted"):
        check(made, {other.id: other}, now=ISSUED + 1)
    with pytest.raises(SignatureError, match="not signed"):
        check(Certificate(made.body, None), _keys(key), now=ISSUED + 1)


def test_a_key_cannot_sign_more_than_the_verdicts_give(made, key):
    """Whoever holds the key may sign nonsense; the verifier sees it."""
    body = copy.deepcopy(made.body)
    body["suites"][0]["requirements"][0]["verdict"] = "unknown"
    assert "give no level" in check(_signed(body, key), _keys(key), now=ISSUED + 1).problems[0]
    body = copy.deepcopy(made.body)
    del body["suites"][0]["requirements"][5]
    assert "does not hold every requirement" in check(_signed(body, key), _keys(key), now=ISSUED + 1).problems[0]
    body = copy.deepcopy(made.body)
    body["expires_at"] = "2031-01-01T00:00:00Z"
    assert "366 days" in check(_signed(body, key), _keys(key), now=ISSUED + 1).problems[0]
    body = copy.deepcopy(made.body)
    body["suites"] = []
    assert check(_signed(body, key), _keys(key), now=ISSUED + 1).problems == ("it holds no suite",)
    with pytest.raises(InputError, match="whole numbers"):
        canonical({"a": 1.5})


def test_it_expires_and_is_revoked(made, key, tmp_path):
    assert "expired" in check(made, _keys(key), now=ISSUED + 365 * 86400).problems[0]
    file, listed = tmp_path / "c.json", tmp_path / "revoked.json"
    file.write_text(made.text(), encoding="utf-8")
    data, _ = run_revoke(file, key, "the log was wrong", into=listed, at="2027-04-01T00:00:00Z")
    assert data["revoked"] == 1
    public = key.with_name("k.pub.json")
    data, text = run_verify(file, [public], revoked=[listed], at="2027-04-02T00:00:00Z")
    assert data["exit_code"] == 1 and "revoked at 2027-04-01T00:00:00Z: the log was wrong" in text
    assert run_verify(file, [public], at="2027-04-02T00:00:00Z")[0]["status"] == "done"
    with pytest.raises(InputError, match="already"):
        run_revoke(file, key, "again", into=listed, at="2027-04-01T00:00:00Z")
    spoilt = json.loads(listed.read_text(encoding="utf-8"))
    spoilt["revocation_list"]["revoked"] = []
    listed.write_text(json.dumps(spoilt), encoding="utf-8")
    assert run_verify(file, [public], revoked=[listed], at="2027-04-02T00:00:00Z")[0]["exit_code"] == 1


def test_the_verdicts_are_made_again_from_the_files(made, key, log, tmp_path):
    file = tmp_path / "c.json"
    file.write_text(made.text(), encoding="utf-8")
    public = key.with_name("k.pub.json")
    data, text = run_verify(file, [public], of=str(log), at="2027-03-02T00:00:00Z")
    assert data["status"] == "done" and "made again" in text
    shorter = tmp_path / log.name
    shorter.write_bytes(b"\n".join(log.read_bytes().split(b"\n")[:-2]) + b"\n")
    data, text = run_verify(file, [public], of=str(shorter), at="2027-03-02T00:00:00Z")
    assert data["exit_code"] == 1 and f"{log.name} changed" in text
    assert read_certificate(file).body == made.body


def test_page_and_badge_stand_alone(made):
    text = page(made)
    assert "OSEA‑L‑019" in text and made.sha256 in text and "Gold" in text
    assert not re.search(r'(src|href)="(?!#)', text) and "<script" not in text
    assert "gold" in badge(made) and badge(made).startswith("<svg")


def test_exit_codes_of_a_level_asked_for(log, tmp_path):
    out = tmp_path / "c"
    assert "exit_code" not in run_certify(str(log), out, level="gold")[0]
    assert {f.name for f in out.iterdir()} == {"certificate.json", "certificate.html", "badge.svg"}
    site = EXAMPLES / "reuse/ship.yaml"
    assert run_certify(str(site), out, level="platinum")[0]["exit_code"] == 1
    data, text = run_certify(str(EXAMPLES / "modular/engines/k-120.yaml"), out, level="silver")
    assert data["exit_code"] == 1 and "OSEA-CERT-ENG-004" in text
    with pytest.raises(InputError, match="no level"):
        run_certify(str(log), out, level="tin")
    with pytest.raises(InputError, match="no suite looks at"):
        run_certify(str(EXAMPLES / "falcon9/mission.yaml"), out)
    with pytest.raises(InputError, match="there is no"):
        run_certify(str(tmp_path / "nothing"), out)


def test_a_document_that_cannot_be_read_fails_by_that(tmp_path):
    file = tmp_path / "site.yaml"
    file.write_text("schema: osea/landing-site/v1\nname: a\nsurfac: ship\n", encoding="utf-8")
    data, text = run_certify(str(file), tmp_path / "c")
    assert data["exit_code"] == 1 and "did you mean 'surface'" in text
    verdicts = [r["verdict"] for r in data["suites"][0]["requirements"]]
    assert verdicts[0] == "fails" and set(verdicts[1:]) == {"unknown"}


def test_a_study_is_held_against_its_vehicle_and_a_folder_against_all_it_holds(tmp_path):
    one, results = certify(str(EXAMPLES / "modular/study.yaml"))
    assert one.body["level"] == "silver" and [r.suite.code for r in results] == ["VEH"]
    assert len(one.body["subject"]["files"]) == 16
    folder = tmp_path / "both"
    folder.mkdir()
    shutil.copy(EXAMPLES / "reuse/B003.jsonl", folder)
    shutil.copy(EXAMPLES / "reuse/ship.yaml", folder)
    (folder / "notes.txt").write_text("nobody looks at this", encoding="utf-8")
    one, results = certify(str(folder))
    assert [r.suite.code for r in results] == ["REU", "SIT"] and one.body["level"] == "gold"
    assert one.body["subject"]["not_covered"] == ["notes.txt"]


def test_the_published_schemas_take_what_is_written_and_refuse_what_is_not(made, key, tmp_path):
    """A certificate and a revocation list as other programs read them; each spoilt field is found."""
    folder = Path(__file__).resolve().parents[2] / "standard/schemas"

    def fits(kind, plain):
        schema = json.loads((folder / f"{kind}-v1.schema.json").read_text(encoding="utf-8"))
        return jsonschema_rs.Draft202012Validator(schema).is_valid(plain)

    plain = json.loads(made.text())
    assert fits("certificate", plain)
    assert fits("certificate", {**plain, "signature": None})
    body = plain["certificate"]
    row = body["suites"][0]
    answer = row["requirements"][0]
    for field, value in (
        ("level", "diamond"), ("suites", []), ("issued_at", "2027-03-01"), ("schema", "osea/certificate/v2"),
        ("suites", [{**row, "level": "gold-ish"}]),
        ("suites", [{**row, "requirements": [{**answer, "verdict": "passed"}]}]),
        ("subject", {**body["subject"], "files": [{"path": "a", "sha256": "00"}]}),
    ):  # fmt: skip
        assert not fits("certificate", {**plain, "certificate": {**body, field: value}}), field
    file, listed = tmp_path / "c.json", tmp_path / "revoked.json"
    file.write_text(made.text(), encoding="utf-8")
    run_revoke(file, key, "the log was wrong", into=listed, at="2027-04-01T00:00:00Z")
    assert fits("revocation-list", json.loads(listed.read_text(encoding="utf-8")))
    assert not fits("revocation-list", plain)
