"""Signed files, packages and records: what holds, what is refused, and that copies with withheld fields still verify."""

import json
import random
import shutil
from pathlib import Path

import pytest

from osea_rocket.core.errors import InputError
from osea_rocket.core.signing import SignatureError, read_public_keys
from osea_rocket.launch_data.packaging.command import run_build
from osea_rocket.launch_data.protocol.examples import examples
from osea_rocket.launch_data.signed import (
    run_key,
    run_redact,
    run_sign,
    run_verify,
    unix_seconds,
    utc_of_unix,
    verify_path,
)

EXAMPLES = Path(__file__).parents[2] / "standard/launch-data/examples"


@pytest.fixture(scope="module")
def keys(tmp_path_factory):
    """(private, public) files of the issuer."""
    folder = tmp_path_factory.mktemp("keys")
    run_key(folder / "issuer.json")
    return folder / "issuer.json", folder / "issuer.pub.json"


@pytest.fixture
def package(design_run, tmp_path, keys):
    folder = tmp_path / "package"
    run_build([design_run], folder)
    run_sign([folder], keys[0], at="2026-11-01T08:00:00Z")
    return folder


def holds(path, keys, **options):
    data, _ = run_verify([path], [keys[1]], **options)
    return data.get("exit_code", 0) == 0


def test_a_package_holds_and_any_change_of_it_does_not(package, keys):
    assert holds(package, keys)
    trusted = read_public_keys([keys[1]])
    draw = random.Random(9)
    names = sorted(f.name for f in package.iterdir())
    for n in range(200):  # in every file of it, manifest and signature among them
        file = package / names[n % len(names)]
        whole = file.read_bytes()
        place = draw.randrange(len(whole) * 8)
        changed = bytearray(whole)
        changed[place // 8] ^= 1 << place % 8
        file.write_bytes(changed)
        with pytest.raises((SignatureError, InputError)):
            verify_path(package, trusted)
        file.write_bytes(whole)
    (package / "more.json").write_text("{}")
    assert not holds(package, keys)


def test_wrong_key_and_other_purpose_are_refused(package, keys, tmp_path):
    run_key(tmp_path / "other.json")
    assert not holds(package, (None, tmp_path / "other.pub.json"))
    shutil.copy(package / "manifest.json.jws", package / "launch.json.jws")  # the package's signature beside a file
    assert not holds(package / "launch.json", keys)


def test_a_file_s_signature_stays_with_its_name_and_bytes(tmp_path, keys):
    file = tmp_path / "a.json"
    file.write_bytes(b'{"any": "bytes"}\r\n')
    run_sign([file], keys[0])
    assert holds(file, keys) and file.read_bytes() == b'{"any": "bytes"}\r\n'
    shutil.copy(file, tmp_path / "b.json")
    shutil.copy(tmp_path / "a.json.jws", tmp_path / "b.json.jws")
    assert not holds(tmp_path / "b.json", keys)
    with pytest.raises(InputError, match="cannot read"):
        holds(tmp_path / "c.json", keys)


def test_an_older_package_is_a_replay(package, design_run, keys, tmp_path):
    newer = tmp_path / "newer"
    run_build([design_run], newer)
    run_sign([newer], keys[0], at="2026-11-01T08:30:00Z")
    assert holds(newer, keys, after=package) and not holds(package, keys, after=newer)


def test_a_record_s_fields_are_withheld_and_it_still_verifies(tmp_path, keys):
    record = tmp_path / "vehicle-type.json"
    shutil.copy(EXAMPLES / "vehicle-type.json", record)
    run_sign([record], keys[0], conceal=("stages/0/dry_mass_kg", "performance"))
    whole, copy, shown = tmp_path / "vehicle-type.sd.jws", tmp_path / "public.sd.jws", tmp_path / "shown.json"
    run_redact(whole, ["stages/0/dry_mass_kg", "performance"], copy)
    assert holds(whole, keys, out=shown) and json.loads(shown.read_text()) == examples()["vehicle-type"]
    data, _ = run_verify([copy], [keys[1]], out=shown)
    assert data["signatures"][0]["withheld"] == 2
    plain = json.loads(shown.read_text())
    assert "performance" not in plain and "dry_mass_kg" not in plain["stages"][0] and plain["stages"][1]["dry_mass_kg"]
    with pytest.raises(InputError, match="restrict the whole record"):
        run_sign([record], keys[0], conceal=("stages",))
    with pytest.raises(InputError, match="no 'engines'"):
        run_sign([record], keys[0], conceal=("engines",))
    with pytest.raises(InputError, match="exists"):
        run_redact(whole, ["performance"], copy)


def test_no_command_shows_the_secret(tmp_path, capsys):
    data, text = run_key(tmp_path / "k.json")
    secret = json.loads((tmp_path / "k.json").read_text())["d"]
    file = tmp_path / "f"
    file.write_bytes(b"x")
    signed = run_sign([file], tmp_path / "k.json")
    out = capsys.readouterr()
    assert secret not in json.dumps([data, signed[0]]) + text + signed[1] + out.out + out.err
    assert secret not in (tmp_path / "k.pub.json").read_text() + (tmp_path / "f.jws").read_text()


def test_times_are_unix_times():
    assert unix_seconds("2026-11-30T08:00:00Z") == 1_796_025_600
    assert utc_of_unix(unix_seconds("2027-03-01T12:00:00Z")) == "2027-03-01T12:00:00Z"
