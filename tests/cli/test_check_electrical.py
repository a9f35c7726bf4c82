"""`osea check` of an electrical interface: answers, exit codes, places, files."""

import json
from pathlib import Path

EXAMPLE = Path(__file__).resolve().parents[2] / "examples" / "avionics" / "electrical.yaml"


def _spoilt(tmp_path: Path, before: str, after: str) -> Path:
    text = EXAMPLE.read_text(encoding="utf-8")
    assert text.count(before) == 1
    path = tmp_path / "electrical.yaml"
    path.write_text(text.replace(before, after), encoding="utf-8")
    return path


def test_the_example_is_sound_as_text_and_as_json_and_its_files_are_written(osea, tmp_path):
    done = osea("check", EXAMPLE, "--out", tmp_path / "out", "--json", "--strict")
    data = json.loads(done.out)
    assert done.code == 0 and data["worst"] == "OK" and data["status"] == "done"
    assert len(data["rules"]) >= 25 and all(r["source"] and r["says"] and r["grade"] for r in data["rules"])
    assert {r["error"] for r in data["rules"]} == {0}
    assert sorted(p.name for p in (tmp_path / "out").iterdir()) == sorted(data["files"])
    assert any(f["margin"] is not None for f in data["findings"])


def test_an_error_has_its_line_and_exit_code_1(osea, tmp_path):
    before = '{name: P101, part_number: D38999/26WE6PN, shell: 17, arrangement: "17-6", keying: N, gender: pin'
    path = _spoilt(tmp_path, before, before.replace("gender: pin", "gender: socket"))
    line = next(k for k, text in enumerate(path.read_text(encoding="utf-8").splitlines(), 1) if "name: P101," in text)
    done = osea("check", path)
    assert done.code == 1
    assert "bat_a.J1 has sockets and P101 sockets; turn one of them" in done.out
    assert f"{path}:{line}:" in done.out
    assert "2 things must be mended" in done.err  # the part number says so too


def test_what_is_not_stated_is_unknown_and_strict_fails_with_3(osea, tmp_path):
    path = _spoilt(tmp_path, 'capacity: "15 A*hour", ', "")
    done = osea("check", path)
    assert done.code == 0 and "UNKNOWN" in done.out and "'capacity' is not stated" in done.out
    assert osea("check", path, "--strict").code == 3


def test_a_wrong_file_ends_with_2_and_its_place(osea, tmp_path):
    path = _spoilt(tmp_path, "from: P101.A,", "from: P999.A,")
    done = osea("check", path)
    assert done.code == 2 and "'P999.A' is neither a cavity of a harness connector" in done.err
    assert f"{path}:" in done.err and "Traceback" not in done.err


def test_out_is_refused_for_other_documents(osea, tmp_path):
    done = osea("check", EXAMPLE.parent.parent / "falcon9" / "vehicle.yaml", "--out", tmp_path / "x")
    assert done.code == 2 and "--out is for electrical interfaces" in done.err
