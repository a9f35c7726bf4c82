"""Conformance classes: each demand holds for a good package, and fails for one that is broken in just that."""

import copy
import json
from pathlib import Path

import pytest

from osea_rocket.core.errors import InputError
from osea_rocket.core.signing import read_public_keys
from osea_rocket.launch_data.command import run_check
from osea_rocket.launch_data.conformance.checks import CHECKS
from osea_rocket.launch_data.conformance.classes import Outcome, classes, with_needed
from osea_rocket.launch_data.conformance.command import conformance, run_conformance
from osea_rocket.launch_data.packaging.command import Wishes, build
from osea_rocket.launch_data.packaging.package import package_files, write_package
from osea_rocket.launch_data.packaging.runs import open_run
from osea_rocket.launch_data.protocol.examples import DELETE, examples
from osea_rocket.launch_data.signed import run_key, run_redact, run_sign

HEAD = {"issuer": "urn:x:me", "issued_at": "2026-11-30T07:12:52Z", "audience": "public"}
FILES = ("C0", "C2", "C3", "C5", "C6", "C7")
COVARIANCE = {"frame": "RTN_INERTIAL", "lower_triangle": [], "basis": "monte-carlo", "runs": 4000}


@pytest.fixture(scope="module")
def parts(design_run):
    """A package in which every demand on files holds: the run's, and records of one who knows the rest."""
    made = build([open_run(design_run)], Wishes())[1]
    triangle = [0.0] * 21
    for i in range(6):
        triangle[i * (i + 3) // 2] = 100.0 if i < 3 else 0.01
    made.records["separation-state"]["covariance"] = COVARIANCE | {"lower_triangle": triangle}
    made.records["payload"]["owner"] = "Example Compute"
    launch = made.records["launch"]
    kept = {
        k: v
        for k, v in examples().items()
        if k in ("recovery", "flight-unit-log", "price-offer", "launch", "vehicle-item")
    }
    kept |= {
        "mission-2": examples()["mission"],
        "payload-2": examples()["payload"],
        "type-2": examples()["vehicle-type"],
    }
    kept |= {n: examples()[n] for n in ("pad", "provider", "site", "landing-zone", "manifest-slot")}
    kept["opportunity-2"] = examples()["opportunity"]
    for name, plain in kept.items():
        made.records[name if name != "launch" else "launch-flown"] = plain
    own = {"provider": ("provider", launch["provider"]), "pad": ("pad", launch["pad"])}
    for name, (kind, identifier) in own.items():
        made.records[f"{name}-own"] = examples()[kind] | {"id": identifier}
    made.records["vehicle-type"]["performance"][0]["site"] = examples()["site"]["id"]
    return made


def package(parts, folder, changes=(), files=None):
    """Write the parts with changes (record, path, value)."""
    records = copy.deepcopy(parts.records)
    for name, path, value in changes:
        if path == "":
            del records[name]
            continue
        *steps, last = path.split("/")
        place = records[name]
        for step in steps:
            place = place[int(step)] if isinstance(place, list) else place[step]
        if isinstance(place, list):
            place[int(last)] = value
        elif value is DELETE:
            del place[last]
        else:
            place[last] = value
    write_package(package_files(records, files or parts.files, HEAD), folder)
    return folder


def outcomes(folder, codes, keys=None):
    return {a.demand.code: a for answers in conformance(folder, codes, keys).values() for a in answers}


def test_every_demand_on_files_holds_for_a_good_package(parts, tmp_path):
    folder = package(parts, tmp_path / "package")
    run_key(tmp_path / "k.json")
    record = folder / "vehicle-type.json"
    run_sign([record], tmp_path / "k.json", conceal=("stages/0/dry_mass_kg",))
    run_redact(folder / "vehicle-type.sd.jws", ["stages/0/dry_mass_kg"], folder / "public.sd.jws")
    run_sign([folder], tmp_path / "k.json")
    found = outcomes(folder, FILES, read_public_keys([tmp_path / "k.pub.json"]))
    wrong = {c: (str(a.outcome), a.evidence) for c, a in found.items() if a.outcome is not Outcome.HOLDS}
    assert wrong == {}


NO_OEM = {"path": "notices.txt", "sha256": "0" * 64, "media_type": "text/plain", "format": "CCSDS OEM 2.0 KVN"}
BREAKS = {
    "C0-3": ("launch", "t0", 7),
    "C0-4": ("opportunity", "t0", "2028-01-01T00:00:00Z"),
    "C0-5": ("trajectory", "file/sha256", "0" * 64),
    "C2-1": ("pad-own", "", None),
    "C2-2": ("opportunity", "", None),
    "C2-3": ("payload", "owner", "not stated"),
    "C3-1": ("trajectory", "file", NO_OEM),
    "C3-3": ("separation-state", "position_m/0", 0.0),
    "C3-4": ("flight", "", None),
    "C5-1": ("hazard-area-first-stage-ship", "containment", DELETE),
    "C5-2": ("hazard-area-first-stage-ship", "geometry/coordinates", [[[0, 0], [1, 1], [1, 0], [0, 1], [0, 0]]]),
    "C5-3": ("impact-prediction-first-stage", "nominal/latitude_deg", 20.0),
    "C5-4": ("separation-state", "covariance", DELETE),
    "C6-1": ("flight-unit-log", "", None),
    "C6-2": ("price-offer", "price/price_year", DELETE),
    "C7-2": ("price-offer", "access", {"level": "regulator"}),
}  # fmt: skip


@pytest.mark.parametrize("code", BREAKS)
def test_what_breaks_a_demand_is_seen(parts, tmp_path, code):
    folder = package(parts, tmp_path / "package", [BREAKS[code]])
    answer = outcomes(folder, [code[:2]])[code]
    assert answer.outcome is Outcome.FAILS, answer
    data, _ = run_conformance(folder, [code[:2]])
    assert data["exit_code"] == 1


def test_files_that_were_tampered_with_are_seen(parts, tmp_path):
    folder = package(parts, tmp_path / "package")
    (folder / "notices.txt").write_text("x")
    assert outcomes(folder, ["C0"])["C0-1"].outcome is Outcome.FAILS
    (folder / "launch.json").write_text("{}")
    assert outcomes(folder, ["C0"])["C0-2"].outcome is Outcome.FAILS
    run_key(tmp_path / "k.json")
    (folder / "public.sd.jws").write_text("e30.e30.AA~")
    found = outcomes(folder, ["C7"], read_public_keys([tmp_path / "k.pub.json"]))
    assert found["C7-1"].outcome is Outcome.FAILS and found["C7-3"].outcome is Outcome.FAILS


def test_an_altered_message_does_not_hold(parts, tmp_path):
    files = dict(parts.files) | {"trajectory.oem": parts.files["trajectory.oem"].replace(b"ITRF2000", b"ITRF2014")}
    folder = package(parts, tmp_path / "package", files=files)
    assert outcomes(folder, ["C3"])["C3-3"].outcome is Outcome.FAILS


def test_what_is_not_known_is_not_held(parts, tmp_path):
    folder = package(parts, tmp_path / "package", [("price-offer", "", None)])
    assert outcomes(folder, ["C6"])["C6-2"].outcome is Outcome.UNKNOWN
    assert outcomes(folder, ["C7"])["C7-1"].outcome is Outcome.UNKNOWN
    assert {a.outcome for c, a in outcomes(folder, ["C4"]).items() if c[:2] in ("C1", "C4")} == {Outcome.UNKNOWN}
    data, _ = run_conformance(folder, ["C7"])
    assert data["exit_code"] == 3


def test_what_is_no_package_is_told(tmp_path):
    with pytest.raises(InputError, match="no folder"):
        run_conformance(tmp_path / "none", ["C0"])
    with pytest.raises(InputError, match="no conformance class"):
        run_conformance(tmp_path, ["C9"])
    data, _ = run_conformance(tmp_path, ["C0"])
    assert data["exit_code"] == 1
    (tmp_path / "manifest.json").write_text("[" * 100_000)
    assert run_conformance(tmp_path, ["C0"])[0]["exit_code"] == 1


def test_every_demand_on_files_has_its_program_and_its_breach():
    demands = [d for c in classes().values() for d in c.demands]
    assert {d.code for d in demands if d.code[:2] not in ("C1", "C4")} == set(CHECKS)
    assert all(d.text and d.text_zh and d.code.startswith(c.code) for c in classes().values() for d in c.demands)
    assert with_needed(["C5"]) == ("C0", "C3", "C5")
    assert set(BREAKS) | {"C0-1", "C0-2", "C7-1", "C3-2", "C7-3"} == set(CHECKS)


FROZEN = Path(__file__).parent / "data" / "v1.0"


def test_samples_of_version_1_0_stay_valid():
    """The samples as they were published with 1.0, frozen: every later minor version takes them."""
    data, text = run_check([FROZEN])
    assert data["status"] == "done" and len(data["files"]) == 25, text
    assert not [f for f in data["findings"] if f["severity"] == "ERROR"]
    assert {json.loads(f.read_text())["protocol"] for f in FROZEN.iterdir()} == {"1.0"}
