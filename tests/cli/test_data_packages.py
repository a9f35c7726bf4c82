"""`osea data build`, `sign`, `verify`, `redact`, `diff`, `watch`, `check --class`: their answers, and every kind of bad input."""

import json
import shutil
import tracemalloc
from pathlib import Path

import pytest

from osea_rocket.launch_data.packaging.package import package_files, write_package
from osea_rocket.launch_data.protocol.examples import examples

HEAD = {"issuer": "urn:osea:example:provider:1", "issued_at": "2027-02-01T08:00:00Z", "audience": "public"}


@pytest.fixture
def package(tmp_path):
    """Records without data files."""
    kept = ("provider", "site", "vehicle-type", "pad", "mission", "payload", "launch", "vehicle-item")
    folder = tmp_path / "package"
    write_package(package_files({k: examples()[k] for k in kept}, {}, HEAD), folder)
    return folder


def clean(done, code):
    """The exit code, no traceback, and one JSON document when asked for."""
    assert done.code == code, done
    assert "Traceback" not in done.err + done.out
    return done


def test_the_way_of_a_package(package, tmp_path, osea):
    key, public = tmp_path / "k.json", tmp_path / "k.pub.json"
    clean(osea("data", "key", key), 0)
    clean(osea("data", "sign", package, "--key", key), 0)
    assert "holds" in clean(osea("data", "verify", package, "--key", public), 0).out
    answer = json.loads(clean(osea("data", "check", package, "--class", "C0", "--json"), 0).out)
    assert answer["classes"]["C0"]["outcome"] == "holds"
    clean(osea("data", "check", package, "--class", "C7", "--key", public), 0)
    record = tmp_path / "vehicle-type.json"
    shutil.copy(package / "vehicle-type.json", record)
    clean(osea("data", "sign", record, "--key", key, "--conceal", "performance"), 0)
    copy, shown = tmp_path / "public.sd.jws", tmp_path / "shown.json"
    clean(osea("data", "redact", tmp_path / "vehicle-type.sd.jws", "--withhold", "performance", "--out", copy), 0)
    clean(osea("data", "verify", copy, "--key", public, "--out", shown), 0)
    assert "performance: no longer stated" in clean(osea("data", "diff", record, shown), 0).out
    assert len(clean(osea("data", "watch", package, "--looks", "1", "--json"), 0).out.splitlines()) == 8
    (package / "launch.json").write_text((package / "launch.json").read_text().replace("success", "failure"))
    clean(osea("data", "verify", package, "--key", public), 1)
    answer = json.loads(clean(osea("data", "verify", package, "--key", public, "--json"), 1).out)
    assert answer["signatures"][0]["holds"] is False
    clean(osea("data", "check", package, "--class", "C0"), 1)


BAD = {
    "empty": b"",
    "not JSON": b"{",
    "not UTF-8": b"\xff\xfe{}",
    "UTF-16": "{}".encode("utf-16"),
    "deep": b"[" * 200_000,
    "deep objects": b'{"a":' * 200_000,
    "key twice": b'{"schema": 1, "schema": 2}',
    "not a number": b'{"records": [NaN]}',
    "huge number": b'{"records": [1e999999]}',
    "many digits": b'{"records": ' + b"9" * 100_000 + b"}",
    "another thing": b'{"records": 7, "files": 7, "keys": 7}',
    "null": b"null",
    "lone surrogate": b'"\\ud800"',
}  # fmt: skip


@pytest.mark.parametrize("name", BAD)
def test_bad_bytes_in_every_place(package, tmp_path, osea, name):
    """As record, manifest, index, key, signature, token, run: an answer, no traceback, nothing written."""
    key, public, bad = tmp_path / "k.json", tmp_path / "k.pub.json", tmp_path / "bad.json"
    clean(osea("data", "key", key), 0)
    clean(osea("data", "sign", package, "--key", key), 0)
    bad.write_bytes(BAD[name])
    bad.chmod(0o600)
    token = tmp_path / "bad.sd.jws"
    token.write_bytes(BAD[name])
    out = tmp_path / "out"
    for arguments in (
        ("check", bad), ("diff", bad, package), ("sign", package, "--key", bad), ("verify", package, "--key", bad),
        ("sign", bad, "--key", key, "--conceal", "x"), ("redact", token, "--withhold", "x", "--out", out / "x.sd.jws"),
        ("build", tmp_path, "--out", out),
    ):  # fmt: skip
        clean(osea("data", *arguments), 2)
    assert clean(
        osea("data", "verify", token, "--key", public), osea("data", "verify", token, "--key", public).code
    ).code in (1, 2)
    for place in ("manifest.json", "index.json", "launch.json", "manifest.json.jws"):
        whole = (package / place).read_bytes()
        (package / place).write_bytes(BAD[name])
        assert osea("data", "verify", package, "--key", public).code in (1, 2)
        clean(osea("data", "check", package, "--class", "C7", "--key", public), 1)
        if place == "index.json":
            clean(osea("data", "watch", package, "--looks", "1"), 2)
        (package / place).write_bytes(whole)
    clean(osea("data", "verify", package, "--key", public), 0)
    assert not out.exists() and sorted(p.name for p in tmp_path.iterdir()) == sorted(
        ["bad.json", "bad.sd.jws", "k.json", "k.pub.json", "package"]
    )


def test_a_record_as_large_as_a_disk_takes_bounded_memory(tmp_path, osea):
    huge = tmp_path / "huge.json"
    with huge.open("wb") as file:
        file.truncate(8 << 30)  # sparse: eight gigabytes of zeros
    tracemalloc.start()
    clean(osea("data", "check", huge), 2)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < 300 << 20


def test_a_package_that_points_out_of_itself(package, tmp_path, osea):
    secret = tmp_path / "secret.json"
    secret.write_text(json.dumps(examples()["site"]))
    index = json.loads((package / "index.json").read_text())
    for path in ("../secret.json", str(secret), "..\\secret.json", "a/../../secret.json"):
        index["records"][0]["path"] = path
        (package / "index.json").write_text(json.dumps(index))
        done = clean(osea("data", "watch", package, "--looks", "1"), 2)
        assert "no name of a file" in done.err
        clean(osea("data", "check", package, "--class", "C0"), 1)
    (package / "link.json").symlink_to(secret)
    clean(osea("data", "check", package, "--class", "C0"), 1)


def test_a_run_that_is_none_makes_no_package(tmp_path, osea):
    run, out = tmp_path / "run", tmp_path / "out"
    (run / "inputs").mkdir(parents=True)
    for text in ("{}", '{"schema": "osea/run/v1", "artefacts": {}, "status": "done", "command": "design"}'):
        (run / "run.json").write_text(text)
        clean(osea("data", "build", run, "--out", out), 2)
    (run / "inputs" / "resolved.yaml").write_text("a: &a [*a, *a]\n" + "[" * 50_000)
    clean(osea("data", "build", run, "--out", out), 2)
    clean(osea("data", "build", tmp_path / "absent", "--out", out, "--json"), 2)
    assert not out.exists() and [p.name for p in tmp_path.iterdir()] == ["run"]


def test_addresses_that_are_none(tmp_path, osea):
    for source in ("file:///etc/passwd", "http://127.0.0.1:9/", str(Path("/dev/null"))):
        clean(osea("data", "watch", source, "--looks", "1"), 2)
    clean(osea("data", "watch", str(tmp_path), "--events"), 2)
