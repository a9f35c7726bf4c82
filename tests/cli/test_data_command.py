"""`osea data`: CCSDS messages checked and converted from the command line."""

import json

import numpy as np

from osea_rocket.launch_data.ccsds.files import read_messages
from osea_rocket.launch_data.ccsds.message import Block, Message, Segment
from osea_rocket.launch_data.ccsds.write_kvn import write_kvn
from osea_rocket.launch_data.issuer import Issuer
from osea_rocket.launch_data.opportunity.ocm import product_to_ocm
from osea_rocket.launch_data.opportunity.product import Deployment, LaunchProduct

METADATA = (("OBJECT_NAME", "DEMO"), ("OBJECT_ID", "2027-001A"), ("CENTER_NAME", "EARTH"), ("REF_FRAME", "GCRF"))
STATE = (("X", 6578.0), ("Y", 0.0), ("Z", 0.0), ("X_DOT", 0.0), ("Y_DOT", 7.8), ("Z_DOT", 0.0))
EPOCH = "2027-03-01T12:10:00.25"
OPM = write_kvn(
    Message(
        "opm",
        "3.0",
        Block("header", (("CREATION_DATE", "2027-03-01T12:00:00"), ("ORIGINATOR", "OSEA"))),
        (
            Segment(
                Block("metadata", (*METADATA, ("TIME_SYSTEM", "UTC"))),
                (Block("stateVector", (("EPOCH", EPOCH), *STATE)),),
            ),
        ),
    )
)


def test_check_names_what_is_wrong_and_convert_changes_the_form_alone(tmp_path, osea):
    good, bad = tmp_path / "good.opm", tmp_path / "bad.opm"
    good.write_text(OPM)
    bad.write_text(OPM.replace("6578.0 [km]", "6578.0 [m]"))
    assert osea("data", "convert", good, tmp_path / "good.xml").code == 0
    assert read_messages(tmp_path / "good.xml")[0].same_as(read_messages(good)[0])
    assert osea("data", "check", good, tmp_path / "good.xml").code == 0
    done = osea("data", "check", tmp_path, "--json")
    answer = json.loads(done.out)
    assert (done.code, answer["message"]) == (2, "1 of 3 files refused")
    (refused,) = [row for row in answer["files"] if row["status"] == "refused"]
    line = next(n for n, text in enumerate(bad.read_text().splitlines(), 1) if text.startswith("X ="))
    assert refused["problems"][0].startswith(f"{bad}:{line}: the unit of X is [km]")


def test_convert_never_writes_over_what_it_reads(tmp_path, osea):
    file = tmp_path / "message.opm"
    file.write_text(OPM)
    assert osea("data", "convert", file, file).code == 2
    assert file.read_text() == OPM
    assert osea("data", "check", tmp_path / "absent.opm").code == 2


def test_opportunities_of_a_window(tmp_path, osea):
    time = np.array([0.0, 60.0, 120.0])
    product = LaunchProduct(
        name="STAGE",
        time=time,
        position=np.stack([6.6e6 + 0.0 * time, 7400.0 * time, 0.0 * time], -1),
        velocity=np.tile([0.0, 7400.0, 0.0], (3, 1)),
        deployments=(Deployment(name="A", time=100.0), Deployment(name="B", time=110.0, delta_v=(0.0, 1.0, 0.0))),
        covariance_time=np.zeros(0),
        covariance=np.zeros((0, 6, 6)),
    )
    ocm = tmp_path / "flight.ocm"
    issuer = Issuer(originator="OSEA", created="2027-01-01T00:00:00Z")
    ocm.write_text(write_kvn(product_to_ocm(product, issuer, "2027-03-01T12:00:00Z")))
    window = ("--from", "2027-03-01T12:00:00Z", "--to", "2027-03-01T12:02:00Z", "--originator", "OSEA")
    done = osea("data", "opportunities", ocm, *window, "--out", tmp_path / "out", "--json")
    answer = json.loads(done.out)
    assert (done.code, answer["opportunities"], answer["payloads"]) == (0, 3, ["A", "B"])
    assert any("UT1 may be 0.9 s" in w for w in answer["warnings"]) and any(
        "no covariance" in w for w in answer["warnings"]
    )
    assert osea("data", "check", tmp_path / "out" / "20270301T120000_000Z").code == 0
    assert osea("data", "opportunities", ocm, *window, "--out", tmp_path / "out").code == 2  # not empty
    assert osea("data", "opportunities", ocm, *window, "--frame", "ECI", "--out", tmp_path / "two").code == 2
    assert osea("data", "opportunities", ocm, *window, "--every", "0", "--out", tmp_path / "two").code == 2
    assert not (tmp_path / "two").exists()
