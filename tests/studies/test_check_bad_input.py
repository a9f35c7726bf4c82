"""What does not fit in files of modules: each named by file, line and port."""

import json
import shutil
from pathlib import Path

import pytest

from osea_rocket.cli.main import main


@pytest.fixture
def modular(tmp_path) -> Path:
    return Path(shutil.copytree("examples/modular", tmp_path / "modular"))


def change(folder: Path, file: str, old: str, new: str, nth: int = 1) -> int:
    """Replace the nth occurrence in a file; returns the line that it stands in."""
    path = folder / file
    parts = path.read_text().split(old)
    assert len(parts) > nth, f"'{old}' stands {len(parts) - 1} times in {file}"
    head = old.join(parts[:nth])
    path.write_text(head + new + old.join(parts[nth:]))
    return head.count("\n") + 1


def check(capsys, folder: Path) -> tuple[int, list[dict], str]:
    with pytest.raises(SystemExit) as end:
        main(["check", str(folder / "vehicle.yaml"), "--json"])
    data = json.loads(capsys.readouterr().out)
    return int(end.value.code or 0), data.get("findings", []), data.get("message", "")


def errors(findings: list[dict]) -> list[dict]:
    return [f for f in findings if f["severity"] == "ERROR"]


@pytest.mark.parametrize(
    "file, old, new, nth, rule, words",
    [
        (
            "interstage.yaml", "name: osea-stage-joint", "name: other-joint", 1, "port.standard.name.equal",
            ["first stage.top -> interstage.bottom", "'osea-stage-joint'", "'other-joint'"],
        ),
        (
            "interstage.yaml", "version: 1.0.0}", "version: 2.0.0}", 1, "port.standard.version.semver",
            ["first stage.top -> interstage.bottom", "version 1.0.0", "version 2.0.0", "one major version"],
        ),
        (
            "adapter.yaml", "interface_diameter: 1200 mm", "interface_diameter: 47.22 in", 1,
            "port.mechanical.interface_diameter.equal",
            ["second stage.top -> adapter.bottom", "written 1200 mm", "written 47.22 in", "was a rounded figure converted?"],
        ),
        (
            "units/inertial-unit.yaml", "kind: avionics-slot", "kind: harness", 1, "port.kind.equal",
            ["second stage.inertial-slot -> inertial unit.plug"],
        ),
    ],
)  # fmt: skip
def test_ports_that_do_not_belong_together(capsys, modular, file, old, new, nth, rule, words):
    line = change(modular, file, old, new, nth)
    code, findings, _ = check(capsys, modular)
    wrong = [f for f in errors(findings) if f["rule"] == rule]
    assert code == 1 and len(wrong) == 1
    assert wrong[0]["where"].startswith(f"{modular / file}:{line}:")
    assert all(word in wrong[0]["message"] for word in words), wrong[0]["message"]


def test_two_and_a_half_metres_against_98_inches_and_four_tenths(capsys, modular):
    for file, text in (("stages/first.yaml", "1600 mm"), ("interstage.yaml", "1600 mm")):
        change(modular, file, f"interface_diameter: {text}", "interface_diameter: 2.5 m")
    line = change(modular, "interstage.yaml", "interface_diameter: 2.5 m", "interface_diameter: 98.4 in")
    _, findings, _ = check(capsys, modular)
    found = next(f for f in errors(findings) if "interface_diameter" in f["rule"])
    assert found["where"].startswith(f"{modular / 'interstage.yaml'}:{line}:")
    # 98.4 in are 2499.36 mm: 0.64 mm off, more than the 0.5 mm of a bolt circle
    assert "0.64 mm apart, tolerance 0.5 mm" in found["message"]
    assert "one file is in m and the other in in" in found["message"]


def test_a_stack_with_a_gap(capsys, modular):
    text = (modular / "interstage.yaml").read_text()
    top = text.index("  - name: top")
    (modular / "interstage.yaml").write_text(text[:top] + text[text.index("sources:") :])
    code, findings, _ = check(capsys, modular)
    gap = [f for f in errors(findings) if f["rule"] == "joint.gap"]
    assert code == 1 and len(gap) == 1
    assert "interstage: a port of kind 'stage-joint'" in gap[0]["message"] and "'second stage'" in gap[0]["message"]
    line = text[: text.index("ports:")].count("\n") + 2  # the list begins in the line after its name
    assert gap[0]["where"].startswith(f"{modular / 'interstage.yaml'}:{line}:")


def test_a_port_joined_to_itself(capsys, modular):
    line = change(modular, "vehicle.yaml", "upper: flight computer.plug", "upper: second stage.computer-slot")
    code, _, message = check(capsys, modular)
    assert code == 2
    assert f"vehicle.yaml:{line}:" in message
    assert "port 'second stage.computer-slot' is joined to itself" in message


@pytest.mark.parametrize(
    "frequency, level, words",
    [
        (
            "20, 1000, 80, 2000 Hz",
            "0.01, 0.05, 0.05, 0.02 g_0^2/Hz",
            "the frequencies must ascend: 80 Hz stands after 1000 Hz",
        ),
        ("20, 80, 1000, 2000 Hz", "0.01, -0.05, 0.05, 0.02 g_0^2/Hz", "a level is greater than 0, not -0.05 g_0^2/Hz"),
        ("0, 80, 1000, 2000 Hz", "0.01, 0.05, 0.05, 0.02 g_0^2/Hz", "a frequency is greater than 0"),
        ("20, 80, 80, 2000 Hz", "0.01, 0.05, 0.05, 0.02 g_0^2/Hz", "80 Hz stands twice"),
        ("20, 80, 1000, 2000 Hz", "0.01, 0.05, 0.05 g_0^2/Hz", "give one level for each"),
    ],
)
def test_curves_that_are_none(capsys, modular, frequency, level, words):
    whole = '{frequency: "20, 80, 1000, 2000 Hz", level: "0.01, 0.05, 0.05, 0.02 g_0^2/Hz"}'
    line = change(modular, "payload.yaml", whole, f'{{frequency: "{frequency}", level: "{level}"}}')
    code, _, message = check(capsys, modular)
    assert code == 2
    assert f"payload.yaml:{line}:" in message and words in message
    assert "ports.0.environment.random_vibration" in message


def test_a_lock_that_no_longer_matches_names_the_port(capsys, modular):
    vehicle = str(modular / "vehicle.yaml")
    for arguments, code in ((["modules", "lock", vehicle], 0), (["modules", "lock", vehicle, "--check"], 0)):
        with pytest.raises(SystemExit) as end:
            main(arguments)
        assert end.value.code == code
    capsys.readouterr()
    change(modular, "adapter.yaml", "interface_diameter: 937 mm", "interface_diameter: 1194 mm")
    with pytest.raises(SystemExit) as end:
        main(["modules", "lock", vehicle, "--check", "--json"])
    assert end.value.code == 1
    found = json.loads(capsys.readouterr().out)["findings"]
    wrong = next(f for f in found if f["severity"] == "ERROR" and "'adapter'" in f["message"])
    line = (modular / "adapter.yaml").read_text().split("  - name: top")[0].count("\n") + 1
    assert wrong["where"].startswith(f"{modular / 'adapter.yaml'}:{line}:")
    assert "changed: port top" in wrong["message"] and "osea.lock:" in wrong["message"]
    change(modular, "adapter.yaml", "interface_diameter: 1194 mm", "interface_diameter: 937 mm")
    change(modular, "adapter.yaml", "mass: 20 kg", "mass: 21 kg")
    with pytest.raises(SystemExit):
        main(["modules", "lock", vehicle, "--check", "--json"])
    found = json.loads(capsys.readouterr().out)["findings"]
    assert any("'adapter'" in f["message"] and "its ports are as they were" in f["message"] for f in found)
