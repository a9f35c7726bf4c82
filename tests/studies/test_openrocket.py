"""OpenRocket files: sizes, masses and places as they mean them, hostile ones refused, and a RocketPy script that is Python."""

import ast
import gzip
import zipfile
from io import BytesIO
from math import pi
from pathlib import Path

import pytest

from osea_rocket.core.documents import load_document
from osea_rocket.core.errors import InputError
from osea_rocket.studies.openrocket import reader
from osea_rocket.studies.openrocket.command import run_export, run_import
from osea_rocket.studies.openrocket.importer import import_ork
from osea_rocket.vehicle.small_rocket import SmallRocket

ORK = """<?xml version='1.0' encoding='utf-8'?>
<openrocket version="1.9" creator="a test"><rocket><name>Small "one"</name>
<motorconfiguration configid="b" default="true"/>
<subcomponents><stage><name>Sustainer</name><subcomponents>
<nosecone><name>Nose</name><material type="bulk" density="1000.0">plastic</material>
 <length>0.1</length><thickness>filled</thickness>
 <shape>conical</shape><shapeparameter>0.0</shapeparameter><aftradius>auto</aftradius></nosecone>
<bodytube><name>Tube</name><material type="bulk" density="700.0">paper</material>
 <length>0.4</length><thickness>0.001</thickness>
 <radius>0.025</radius><subcomponents>
 <trapezoidfinset><name>Fins</name><fincount>3</fincount><material type="bulk" density="200.0">balsa</material>
  <thickness>0.003</thickness>
  <axialoffset method="bottom">-0.01</axialoffset><rootchord>0.08</rootchord><tipchord>0.04</tipchord>
  <sweeplength>0.03</sweeplength>
  <height>0.05</height><cant>0.0</cant></trapezoidfinset>
 <innertube><name>Mount</name><axialoffset method="bottom">0.0</axialoffset><material type="bulk" density="700.0">paper</material>
  <length>0.075</length><outerradius>0.0125</outerradius><thickness>0.0005</thickness>
  <motormount><overhang>0.005</overhang>
   <motor configid="a"><designation>B4</designation><diameter>0.018</diameter><length>0.07</length><delay>4.0</delay></motor>
   <motor configid="b"><manufacturer>Maker</manufacturer><designation>C6</designation><diameter>0.018</diameter>
    <length>0.07</length><delay>5.0</delay></motor></motormount></innertube>
 <parachute><name>Chute</name><position type="top">0.05</position><overridemass>0.012</overridemass>
  <packedlength>0.06</packedlength>
  <cd>0.75</cd><deployevent>altitude</deployevent><deployaltitude>120.0</deployaltitude>
  <deploydelay>0.5</deploydelay><diameter>0.4</diameter>
  </parachute>
 <masscomponent><name>Bay</name><axialoffset method="absolute">0.2</axialoffset>
  <packedlength>0.04</packedlength><mass>0.03</mass></masscomponent>
 <tubefinset><name>Odd</name></tubefinset>
</subcomponents></bodytube></subcomponents></stage></subcomponents></rocket></openrocket>
"""
MOTOR = "; test\nC6 18 70 5 0.0108 0.0240 M\n0.05 6\n0.2 14\n0.5 5\n1.8 4.5\n1.9 0\n"


def zipped(text: str, name: str = "rocket.ork") -> bytes:
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, text)
    return out.getvalue()


@pytest.fixture
def ork(tmp_path: Path) -> Path:
    file = tmp_path / "small.ork"
    file.write_bytes(zipped(ORK))
    return file


def test_sizes_places_and_masses(ork):
    rocket, lost = import_ork(ork)
    assert rocket.length == pytest.approx(0.5) and rocket.nose.diameter == pytest.approx(0.05)  # 'auto' is the tube's
    by_name = {m.name: m for m in rocket.masses}
    assert by_name["Nose"].mass == pytest.approx(1000 * pi * 0.025**2 * 0.1 / 3, rel=1e-4)
    assert by_name["Nose"].station == pytest.approx(0.075, rel=1e-3)  # a cone's centroid
    assert by_name["Tube"].mass == pytest.approx(700 * pi * (0.025**2 - 0.024**2) * 0.4, rel=1e-6)
    assert by_name["Fins"].mass == pytest.approx(3 * 200 * 0.003 * 0.003, rel=1e-9)
    assert rocket.fins[0].station == pytest.approx(0.41)  # 10 mm before the tube's end at 0.5
    # the centroid by two triangles: (0, 0), (0.08, 0), (0.03, 0.05), and (0.08, 0), (0.07, 0.05), (0.03, 0.05)
    centroid = (0.0020 * (0.08 + 0.03) / 3 + 0.0010 * (0.08 + 0.07 + 0.03) / 3) / 0.0030
    assert by_name["Fins"].station == pytest.approx(0.41 + centroid)
    assert by_name["Mount"].station == pytest.approx(0.5 - 0.0375)
    assert by_name["Chute"].mass == 0.012 and by_name["Chute"].station == pytest.approx(0.1 + 0.05 + 0.03)
    assert by_name["Bay"].station == pytest.approx(0.22)
    motor, chute = rocket.motors[0], rocket.parachutes[0]
    assert (motor.designation, motor.station, motor.ejection_delay) == ("C6", pytest.approx(0.505), 5.0)
    assert (chute.opens, chute.altitude, chute.drag_area) == ("altitude", 120.0, pytest.approx(0.75 * pi * 0.04))
    assert any("tubefinset" in line for line in lost) and any("default configuration" in line for line in lost)


def test_center_of_pressure_is_barrowmans(ork):
    """Cone 2 at two thirds of its length; fins by his equations 3-57 and 3-62 as every hobby text has them."""
    rocket, _ = import_ork(ork)
    n, s, d, root, tip, sweep, radius = 3, 0.05, 0.05, 0.08, 0.04, 0.03, 0.025
    middle = (s**2 + (sweep + tip / 2 - root / 2) ** 2) ** 0.5
    fins = (1 + radius / (s + radius)) * 4 * n * (s / d) ** 2 / (1 + (1 + (2 * middle / (root + tip)) ** 2) ** 0.5)
    at = 0.41 + sweep / 3 * (root + 2 * tip) / (root + tip) + (root + tip - root * tip / (root + tip)) / 6
    assert rocket.center_of_pressure(0.0) == pytest.approx((2 * 0.1 * 2 / 3 + fins * at) / (2 + fins), rel=1e-3)


def test_plain_and_gzipped_files_are_read_alike(ork, tmp_path):
    whole = import_ork(ork)[0]
    for data in (ORK.encode(), gzip.compress(ORK.encode())):
        file = tmp_path / "other.ork"
        file.write_bytes(data)
        assert import_ork(file)[0].masses == whole.masses


@pytest.mark.parametrize(
    ("data", "match"),
    [
        (b"PK\x03\x04broken", "broken archive"),
        (zipped("x", "readme.txt"), "without an .ork"),
        (zipped("a" * 4000), "more than 0 MB when unpacked"),
        (gzip.compress(b"a" * 4000, mtime=0), "more than 0 MB when unpacked"),
        (zipped('<!DOCTYPE a [<!ENTITY b "c">]><openrocket>&b;</openrocket>'), "DOCTYPE"),
        (zipped("<a>" * 100), "nested deeper"),
        (zipped("<svg/>"), "begins with <openrocket>"),
        (zipped("<openrocket/>"), "no <rocket>"),
        (zipped(ORK.replace("<length>0.4<", "<length>nan<")), "no number of a rocket"),
        (zipped(ORK.replace("<length>0.4<", "<length>0<")), "no length or radius"),
        (zipped(ORK.replace('density="700.0"', 'density="-1"')), "density"),
        (zipped(ORK.replace("<fincount>3<", "<fincount>many<")), "no number of a rocket"),
        (zipped(ORK.replace("<height>0.05<", "<height>0<")), "no root or no height"),
        (zipped(ORK.replace("<tipchord>0.04<", "<tipchord>-0.04<")), "no rocket that can be"),
    ],
)
def test_broken_and_hostile_files_are_refused(tmp_path, monkeypatch, data, match):
    file = tmp_path / "bad.ork"
    file.write_bytes(data)
    if "MB" in match:
        monkeypatch.setattr(reader, "LARGEST", 1000)
    with pytest.raises(InputError, match=match):
        import_ork(file)


def test_what_is_wrong_inside_is_named_by_file_and_line(tmp_path):
    file = tmp_path / "bad.ork"
    for old, new in (
        ("<length>0.4<", "<length>nan<"),
        ("<height>0.05<", "<height>0<"),
        ("<length>0.4<", "<length>-1<"),
    ):
        line = ORK[: ORK.index(old)].count("\n") + 1
        file.write_bytes(zipped(ORK.replace(old, new)))
        with pytest.raises(InputError) as wrong:
            import_ork(file)
        named, number = str(wrong.value.where).rsplit(":", 1)
        assert named == str(file) and abs(int(number) - line) <= 6  # the element's line, or its component's


def test_a_second_stage_is_said_to_stay_on(tmp_path):
    tube = "<bodytube><length>0.3</length><radius>0.03</radius></bodytube>"
    file = tmp_path / "two.ork"
    second = f"<stage><name>Booster</name><subcomponents>{tube}</subcomponents></stage></subcomponents></rocket>"
    file.write_bytes(zipped(ORK.replace("</subcomponents></rocket>", second)))
    rocket, lost = import_ork(file)
    assert rocket.length == pytest.approx(0.8)
    assert any("stage 'Booster' stays on the body above it" in line for line in lost)


def test_names_in_the_archive_lead_nowhere(tmp_path):
    file = tmp_path / "in" / "path.ork"
    file.parent.mkdir()
    file.write_bytes(zipped(ORK, "../../evil.ork"))
    assert import_ork(file)[0].name == 'Small "one"'
    assert [p.name for p in tmp_path.rglob("*")] == ["in", "path.ork"]


def test_round_trip_by_the_commands(ork, tmp_path):
    data, text = run_import(ork, None)
    again = load_document(SmallRocket, tmp_path / "small.yaml")
    assert again.masses == import_ork(ork)[0].masses and "left out" in text
    assert data["mass_kg"] == pytest.approx(again.mass)
    with pytest.raises(InputError, match="there already"):
        run_import(ork, None)
    (tmp_path / "c6.eng").write_text(MOTOR)
    run_export(tmp_path / "small.yaml", tmp_path / "c6.eng", tmp_path / "flight.py")
    tree = ast.parse((tmp_path / "flight.py").read_text())
    assert {n.func.attr for n in ast.walk(tree) if isinstance(n, ast.Call) and isinstance(n.func, ast.Attribute)} >= {
        "add_motor", "add_nose", "add_trapezoidal_fins", "add_parachute"
    }  # fmt: skip
