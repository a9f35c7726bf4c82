"""What is made of an electrical interface: lists that hold every wire, drawings that hold every name, the document, WireViz."""

import csv
import io
import os
import re
import subprocess
from pathlib import Path
from xml.etree import ElementTree

import pytest
import yaml

from osea_rocket.avionics.electrical.check import check_electrical
from osea_rocket.avionics.electrical.draw_harness import runs, sheets
from osea_rocket.avionics.electrical.index import Index
from osea_rocket.avionics.electrical.outputs import generate, write_all
from osea_rocket.core.errors import InputError


@pytest.fixture(scope="module")
def made(sound) -> dict[str, str]:
    return generate(sound, check_electrical(sound))


def _words(svg: str) -> list[str]:
    return ["".join(t.itertext()) for t in ElementTree.fromstring(svg).iter() if t.tag.endswith("text")]


def test_the_wire_list_has_every_wire_with_its_ends(sound, made):
    rows = list(csv.DictReader(io.StringIO(made["wires.csv"])))
    assert [r["wire"] for r in rows] == [w.name for w in sound.wires]
    first = rows[0]
    assert (first["from"], first["from_pin"], first["to"], first["to_pin"], first["gauge_AWG"]) == (
        "P101",
        "A",
        "P103",
        "A",
        "12",
    )
    assert first["signal"] == "bat_a_28" and float(first["current_A"]) == pytest.approx(10.0)  # 30 A over three wires
    pins = list(csv.DictReader(io.StringIO(made["pins.csv"])))
    assert len(pins) == sum(len(c.pins) for b in sound.equipment for c in b.connectors)
    assert all(p["wire"] for p in pins)


def test_drawings_are_svg_and_name_everything(sound, made):
    tree, blocks = _words(made["power_tree.svg"]), _words(made["block_diagram.svg"])
    for item in (*sound.loads, *sound.protections, *sound.supplies):
        assert item.name in tree
    assert {b.name for b in sound.equipment} <= set(blocks)
    wired = [t for name, svg in made.items() if name.startswith("wiring_") for t in _words(svg)]
    for wire in sound.wires:
        assert any(t.startswith(f"{wire.name} ") for t in wired), wire.name
    for cable in sound.cables:
        assert any(t.split(",")[0] == cable.name for t in wired), cable.name


def test_every_wire_is_on_one_sheet_and_sheets_fit_a_page(sound, made):
    ix = Index(sound)
    assert sorted(i for run in runs(ix) for i in run.wires) == list(range(len(sound.wires)))
    assert sorted(i for _, page in sheets(ix) for run in page for i in run.wires) == list(range(len(sound.wires)))
    for name, svg in made.items():
        if name.startswith("wiring_"):
            box = re.search(r'viewBox="0 0 (\d+) (\d+)"', svg)
            assert box is not None and int(box[2]) < 1.3 * int(box[1]), name


def test_texts_of_the_drawings_do_not_overlap(made):
    """Boxes of upright texts, by a width that is sure for common fonts, in every drawing of our own."""
    for name in ("power_tree.svg", *(n for n in made if n.startswith("wiring_"))):
        places = []
        for t in ElementTree.fromstring(made[name]).iter():
            if not t.tag.endswith("text") or t.get("transform"):
                continue
            size, text = float(t.get("font-size", "12")), "".join(t.itertext())
            wide = 0.52 * size * len(text)
            x, y, anchor = float(t.get("x", "0")), float(t.get("y", "0")), t.get("text-anchor")
            left = x - (wide if anchor == "end" else wide / 2 if anchor == "middle" else 0.0)
            places.append((left, y - 0.7 * size, left + wide, y + 0.05 * size, text))
        for k, a in enumerate(places):
            for b in places[k + 1 :]:
                apart = a[2] <= b[0] or b[2] <= a[0] or a[3] <= b[1] or b[3] <= a[1]
                assert apart, (name, a[4], b[4])


def test_the_document_holds_interfaces_rules_drawings_and_messages(sound, made):
    page = made["two_stage_launcher_avionics_icd.html"]
    for words in (
        "Wiring diagrams",
        "The power tree",
        "Loads by phase",
        "Firing circuits",
        "Bus schedules",
        "Telemetry packets",
        "recalled",
    ):
        assert words in page
    for box in sound.equipment:
        assert box.name in page
    assert page.count("<svg") > 20 and "://" not in page.replace("http://www.w3.org/", "")


def test_wireviz_yaml_has_every_wire_once(sound, made):
    data = yaml.safe_load(made["two_stage_launcher_avionics.wireviz.yml"])
    labels = [label for cable in data["cables"].values() for label in cable["wirelabels"]]
    assert sorted(labels) == sorted(w.name for w in sound.wires)
    for row in data["connections"]:
        (start,), (cable,), (end,) = (list(part) for part in row)
        assert start in data["connectors"] and cable in data["cables"] and end in data["connectors"]
        assert len({len(values) for part in row for values in part.values()}) == 1


def test_wireviz_itself_reads_the_yaml(sound, made, tmp_path):
    """In an environment of its own (WireViz is under the GPL); OSEA_WIREVIZ names its Python."""
    python = os.environ.get("OSEA_WIREVIZ")
    if not python:
        pytest.skip("OSEA_WIREVIZ does not name the Python of an environment with wireviz")
    file = tmp_path / "harness.yml"
    file.write_text(made["two_stage_launcher_avionics.wireviz.yml"], encoding="utf-8")
    code = (
        "import sys; from wireviz.wireviz import parse; h = parse(open(sys.argv[1]).read(), return_types='harness'); "
        "print(len(h.connectors), len(h.cables), sum(len(c.connections) for c in h.cables.values()))"
    )
    done = subprocess.run([python, "-c", code, str(file)], capture_output=True, text=True, check=True)
    connectors, _, connections = map(int, done.stdout.split())
    assert connections == len(sound.wires)
    assert connectors == len({place for ends in Index(sound).ends for place, _ in ends})


def test_files_are_written_whole_and_a_file_in_the_way_is_told(sound, tmp_path):
    check = check_electrical(sound)
    names = write_all(sound, check, tmp_path / "new")
    assert sorted(p.name for p in (tmp_path / "new").iterdir()) == sorted(names)
    blocked = tmp_path / "blocked"
    blocked.write_text("x", encoding="utf-8")
    with pytest.raises(InputError, match="is a file; --out names a folder"):
        write_all(sound, check, Path(blocked))
