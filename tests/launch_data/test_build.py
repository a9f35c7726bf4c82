"""Packages from runs: valid, the same bytes every time, nothing that is withheld, nothing that leads out."""

import json
import re
from pathlib import Path

import pytest

from osea_rocket.core.errors import InputError
from osea_rocket.launch_data.command import run_check
from osea_rocket.launch_data.packaging.command import Wishes, build, run_build
from osea_rocket.launch_data.packaging.package import inside, manifest_problems
from osea_rocket.launch_data.packaging.runs import open_run

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def package(design_run, tmp_path_factory):
    folder = tmp_path_factory.mktemp("packages") / "package"
    run_build([design_run], folder)
    return folder


def records(folder, kind):
    found = [json.loads(f.read_text()) for f in sorted(folder.glob("*.json"))]
    return [r for r in found if r["schema"] == f"osea/launch-data/{kind}/v1"]


def test_a_package_is_valid_and_whole(package):
    data, text = run_check([package])
    assert data["status"] == "done", text
    assert {f["rule"] for f in data["findings"]} <= {"LD-REF-100", "LD-SEP-004"}, (
        text
    )  # what nobody described; no orbit
    assert manifest_problems(package) == []
    index = json.loads((package / "index.json").read_text())
    assert len(index["records"]) == 7 + 4 + 1 + 1  # the run's, hazard areas, impact, opportunity
    assert {r["title"] for r in index["records"] if "launch/v1" in r["schema"]} == {"Demo to 200 km"}


def test_the_same_run_gives_the_same_bytes(design_run, package):
    files, _ = build([open_run(design_run)], Wishes())
    assert {n: (package / n).read_bytes() for n in files} == files


def test_a_changed_file_is_found(design_run, tmp_path):
    folder = tmp_path / "package"
    run_build([design_run], folder)
    oem = folder / "trajectory.oem"
    oem.write_bytes(oem.read_bytes().replace(b"OSEA", b"OSEB", 1))
    (folder / "strange.txt").write_text("x")
    (folder / "flight.ocm").unlink()
    told = "\n".join(manifest_problems(folder))
    assert "trajectory.oem is not the file" in told and "strange.txt is in the folder" in told and "flight.ocm" in told
    assert run_check([folder])[0]["exit_code"] == 2


def test_own_records_take_the_place_of_what_a_run_only_names(design_run, tmp_path):
    own = tmp_path / "own"
    own.mkdir()
    base = {
        "issuer": "urn:x:me",
        "issued_at": "2026-01-01T00:00:00Z",
        "status": "planned",
        "provenance": [{"method": "entered"}],
    }
    point = {"latitude_deg": 28.5, "longitude_deg": -80.0}
    for kind, fields in {
        "provider": {"name": "Me", "country": "CN"},
        "site": {"name": "Pad A", "country": "CN", "location": point, "time_zone": "Asia/Shanghai"},
        "pad": {"name": "Pad A", "site": "urn:x:site", "location": point},
        "payload": {"name": "COMPUTE 1", "owner": "Example Compute", "mass_kg": 22817.4},
    }.items():
        plain = base | {"schema": f"osea/launch-data/{kind}/v1", "id": f"urn:x:{kind}"} | fields
        (own / f"{kind}.json").write_text(json.dumps(plain))
    folder = tmp_path / "package"
    run_build([design_run], folder, Wishes(own=(own,)))
    (launch,) = records(folder, "launch")
    assert (launch["provider"], launch["pad"], launch["payloads"]) == ("urn:x:provider", "urn:x:pad", ["urn:x:payload"])
    assert [r["owner"] for r in records(folder, "payload")] == ["Example Compute"]
    rules = {f["rule"] for f in run_check([folder])[0]["findings"]}
    assert "LD-REF-100" not in rules  # nothing is only named any more


def test_a_later_package_follows_an_earlier_one(design_run, package, tmp_path):
    folder = tmp_path / "later"
    wishes = Wishes(
        after=package, opens="2027-03-01T11:30:00Z", closes="2027-03-01T13:00:00Z", issued="2026-12-24T00:00:00Z"
    )
    run_build([design_run], folder, wishes)
    for name in ("launch.json", "trajectory.json"):  # nothing new is said in them
        assert (folder / name).read_bytes() == (package / name).read_bytes()
    (area, *_) = records(folder, "hazard-area")
    assert area["revision"] == 2 and area["supersedes"]["revision"] == 1 and len(area["supersedes"]["sha256"]) == 64
    assert run_check([folder])[0]["status"] == "done"


def numbers(folder):
    text = "\n".join(f.read_text() for f in folder.rglob("*") if f.is_file())
    return {
        float(m) for m in re.findall(r"-?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?", re.sub(r"[0-9a-f]{64}|urn:\S+", "", text))
    }


# what each field lets one compute, by a sum or by reading another record or file
LEAKS = {
    "payload/mass_kg": (22817.4, 22.8174),
    "vehicle-type/stages/*/dry_mass_kg": (24712.3, 24.7123, 3987.6, 25613.7, 22817.4 + 3987.6),
    "trajectory": (-72.97, 28.1),
    "mission/orbit": (-72.97, 28.1),
    "vehicle-type": (24712.3, 414850.0, 25613.7, 22817.4),
}


@pytest.mark.parametrize("field", LEAKS)
def test_nothing_withheld_or_derived_leaks(design_run, tmp_path, field):
    whole, public = tmp_path / "whole", tmp_path / "public"
    run_build([design_run], whole, Wishes(audience="issuer"))
    run_build([design_run], public, Wishes(withhold=(field,)))
    left, shown = numbers(public), numbers(whole)
    for secret in LEAKS[field]:
        assert not any(abs(n - secret) < 1e-4 * abs(secret) for n in left), (field, secret)
    assert any(abs(n - LEAKS[field][0]) < 1e-4 * abs(n) for n in shown if n)  # it is there for the issuer
    assert run_check([public])[0]["status"] == "done"


def test_no_more_is_withheld_than_tells(design_run):
    files, _ = build([open_run(design_run)], Wishes(withhold=("vehicle-type/stages/0/dry_mass_kg",)))
    assert {"trajectory.oem", "trajectory.json", "launch.json", "mission.json"} <= set(
        files
    )  # the path flown tells no mass
    assert not {"separation.opm", "impact-prediction-first-stage.json"} & set(files)  # these state masses
    assert b"orbit" in files["mission.json"]


@pytest.mark.parametrize(
    "access",
    [
        {"level": "partner", "partners": ["urn:x:you"]}, {"level": "regulator"}, {"level": "x-new level"},
        {"level": "embargo", "until": "2030-01-01T00:00:00Z"}, {"level": "embargo", "until_event": "separation + 30 min"},
        {"level": "controlled", "regime": "ITAR", "jurisdiction": "US"},
    ],
)  # fmt: skip
def test_a_restricted_record_stays_at_home(design_run, tmp_path, access):
    own = tmp_path / "offer.json"
    plain = json.loads((ROOT / "standard/launch-data/examples/price-offer.json").read_text())
    own.write_text(json.dumps(plain | {"access": access}))
    files, parts = build([open_run(design_run)], Wishes(own=(own,)))
    assert "offer.json" not in files and any(f.rule == "build.withheld" for f in parts.findings)
    assert plain["price"]["amount"].encode() not in b"".join(files.values())
    files, _ = build([open_run(design_run)], Wishes(own=(own,), audience="issuer"))
    assert "offer.json" in files


def test_an_embargo_ends(design_run, tmp_path):
    own = tmp_path / "offer.json"
    plain = json.loads((ROOT / "standard/launch-data/examples/price-offer.json").read_text())
    own.write_text(json.dumps(plain | {"access": {"level": "embargo", "until": "2026-11-30T00:00:00Z"}}))
    assert "offer.json" in build([open_run(design_run)], Wishes(own=(own,)))[0]


def test_a_withheld_number_that_stands_elsewhere_stops_the_package(design_run, tmp_path):
    own = tmp_path / "mine.json"
    plain = json.loads((ROOT / "standard/launch-data/examples/vehicle-item.json").read_text())
    own.write_text(json.dumps(plain | {"x_dry_mass_t": 24.7123}))
    with pytest.raises(InputError, match=r"mine\.json holds a number that is withheld"):
        build([open_run(design_run)], Wishes(own=(own,), withhold=("vehicle-type/stages/*/dry_mass_kg",)))
    for wishes in (Wishes(audience="publik"), Wishes(audience="issuer", withhold=("trajectory",))):
        with pytest.raises(InputError):
            build([open_run(design_run)], wishes)
    with pytest.raises(InputError, match="begins with no kind"):
        build([open_run(design_run)], Wishes(withhold=("secrets",)))


@pytest.mark.parametrize(
    "name",
    ["../x", "/etc/passwd", "a/../../x", "..", ".", "", "a//b", "./a", "C:\\x", "a\\b", "a:b", "nul\0", "a\n", "a.", "x" * 600],
)  # fmt: skip
def test_a_name_that_leads_out_is_refused(tmp_path, name):
    with pytest.raises(InputError, match="no name of a file"):
        inside(tmp_path, name)


def test_a_manifest_cannot_reach_out(design_run, tmp_path):
    folder = tmp_path / "package"
    run_build([design_run], folder)
    secret = tmp_path / "secret.txt"
    secret.write_text("secret")
    manifest = json.loads((folder / "manifest.json").read_text())
    for change in ({"path": "../secret.txt"}, {"path": str(secret)}):
        (folder / "manifest.json").write_text(json.dumps(manifest | {"files": [manifest["files"][0] | change]}))
        with pytest.raises(InputError, match="no name of a file"):
            manifest_problems(folder)
    (folder / "launch.json").unlink()
    (folder / "launch.json").symlink_to(secret)
    (folder / "manifest.json").write_text(json.dumps(manifest))
    assert any("leads out" in p for p in manifest_problems(folder))


def test_runs_that_do_not_belong_together_are_refused(design_run, make_run, study, tmp_path):
    ascent = {"results/ascent.json": json.dumps({"payload_mass_kg": 20000.0})}
    other = make_run(tmp_path / "other", "ascent", study, ascent)
    with pytest.raises(InputError, match=r"different payloads.*22,817.4 kg.*20,000.0 kg"):
        build([open_run(design_run), open_run(other)], Wishes())
    moved = make_run(tmp_path / "moved", "ascent", study | {"mission": study["mission"] | {"name": "Other"}}, ascent)
    with pytest.raises(InputError, match="different launches: mission"):
        build([open_run(design_run), open_run(moved)], Wishes())
    undated = {k: v for k, v in study["mission"].items() if k != "epoch"}
    with pytest.raises(InputError, match="states no epoch"):
        build([open_run(make_run(tmp_path / "undated", "ascent", study | {"mission": undated}, ascent))], Wishes())
    with pytest.raises(InputError, match="holds no launch data"):
        build([open_run(other)], Wishes())
    with pytest.raises(InputError, match="is a run of 'sweep'"):
        open_run(make_run(tmp_path / "sweep", "sweep", study, {}))
    with pytest.raises(InputError, match="outside of the window"):
        build([open_run(design_run)], Wishes(opens="2027-04-01T00:00:00Z", closes="2027-04-02T00:00:00Z"))


def test_the_t0_that_a_flight_found_in_its_window_is_its_epoch(make_run, study, tmp_path):
    open_ended = {k: v for k, v in study["mission"].items() if k != "epoch"}
    found = {"payload_mass_kg": 20000.0, "trajectory": {"epoch": "2028-03-01T22:15:30Z"}}
    run = make_run(
        tmp_path / "run", "ascent", study | {"mission": open_ended}, {"results/ascent.json": json.dumps(found)}
    )
    assert open_run(run).facts.epoch == "2028-03-01T22:15:30Z"


@pytest.mark.parametrize("resolved", ["", "- a", "a: [", "vehicle: 1", "mission: {}\nvehicle: {}\noriginator: x"])
def test_a_run_whose_input_is_no_study_is_refused(make_run, tmp_path, resolved):
    run = make_run(tmp_path / "run", "design", {}, {"inputs/resolved.yaml": resolved})
    with pytest.raises(InputError):
        open_run(run)


def test_a_package_is_written_whole_or_not_at_all(design_run, tmp_path):
    folder = tmp_path / "package"
    folder.mkdir()
    (folder / "mine.txt").write_text("mine")
    with pytest.raises(InputError, match="not empty"):
        run_build([design_run], folder)
    with pytest.raises(InputError):
        run_build([design_run], tmp_path / "new", Wishes(withhold=("secrets",)))
    assert [p.name for p in tmp_path.iterdir()] == ["package"] and (folder / "mine.txt").read_text() == "mine"
