"""Opportunities: one flight from T-0 at every T-0 of a window, beside astropy and against what must hold."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from astropy import units
from astropy.coordinates import GCRS, ITRS, TEME, CartesianDifferential, CartesianRepresentation
from astropy.time import Time
from astropy.utils import iers

from osea_rocket.core.earth_orientation import read_orientation
from osea_rocket.core.errors import InputError
from osea_rocket.core.frames import UNKNOWN_ORIENTATION, EarthOrientation
from osea_rocket.core.time import SECOND, Instant, format_utc, parse_utc, parse_utc_array
from osea_rocket.launch_data.ccsds.files import parse_messages, read_messages
from osea_rocket.launch_data.ccsds.states import covariance as covariance_of
from osea_rocket.launch_data.ccsds.write_kvn import write_kvn
from osea_rocket.launch_data.ccsds.write_xml import write_xml
from osea_rocket.launch_data.issuer import Issuer
from osea_rocket.launch_data.opportunity.ocm import product_from_ocm, product_to_ocm
from osea_rocket.launch_data.opportunity.package import Request, window, write_package
from osea_rocket.launch_data.opportunity.product import Deployment, LaunchProduct
from osea_rocket.launch_data.opportunity.separation import separations

ISSUER = Issuer(originator="OSEA", created="2027-01-01T00:00:00Z")
KNOWN = EarthOrientation(ut1_minus_utc=0.05, pole_x=1e-6, pole_y=2e-6)
REFERENCE = Path(__file__).parents[3] / "shared" / "reference" / "launch_data" / "excerpts"


def host_state(time):
    """A circular orbit of 550 km, inclined, in Earth-fixed axes that turn with it (two-body)."""
    radius, rate, tilt = 6928e3, np.sqrt(3.986004418e14 / 6928e3**3), np.radians(53.0)
    t = np.asarray(time, float)
    turning = 7.2921150e-5
    u, spin = rate * t, -turning * t
    inertial = radius * np.stack([np.cos(u), np.cos(tilt) * np.sin(u), np.sin(tilt) * np.sin(u)], -1)
    speed = radius * rate * np.stack([-np.sin(u), np.cos(tilt) * np.cos(u), np.sin(tilt) * np.cos(u)], -1)
    c, s = np.cos(spin), np.sin(spin)
    turn = lambda v: np.stack([c * v[..., 0] - s * v[..., 1], s * v[..., 0] + c * v[..., 1], v[..., 2]], -1)  # noqa: E731
    position = turn(inertial)
    return position, turn(speed) - np.cross([0.0, 0.0, turning], position)


@pytest.fixture(scope="module")
def product() -> LaunchProduct:
    """Twelve payloads that leave at 30 s intervals, each with its own push; the host's covariance grows."""
    time = np.arange(0.0, 4000.0, 10.0)
    position, velocity = host_state(time)
    rng = np.random.default_rng(5)
    root = rng.normal(size=(6, 6)) * np.array([80.0, 150.0, 60.0, 0.2, 0.1, 0.1])[:, None]
    base = root @ root.T + np.diag([400.0, 900.0, 400.0, 1e-2, 1e-2, 1e-2])
    return LaunchProduct(
        name="SECOND STAGE",
        time=time,
        position=position,
        velocity=velocity,
        deployments=tuple(
            Deployment(
                name=f"SAT_{i}",
                time=3000.0 + 30.0 * i,
                delta_v=(0.1 * np.cos(i), 0.8, 0.1 * np.sin(i)),
                sigma=0.05,
                mass=120.0,
            )
            for i in range(12)
        ),
        covariance_time=np.array([0.0, 2990.0, 3400.0]),
        covariance=np.stack([base * 0.1, base, base * 1.3]),
        covariance_frame="RTN_ROTATING",
    )


def test_the_state_between_nodes_is_that_of_the_orbit(product):
    times = np.array([3.3, 1234.5, 3989.9])
    position, velocity = product.host_at(times)
    true = host_state(times)
    assert np.abs(position - true[0]).max() < 2e-3 and np.abs(velocity - true[1]).max() < 2e-3


@pytest.mark.parametrize("form", [write_kvn, write_xml])
def test_a_product_goes_through_an_ocm_unchanged(product, form):
    (message,) = parse_messages(form(product_to_ocm(product, ISSUER, "2027-03-01T12:00:00Z")).encode(), "flight.ocm")
    assert message.findings == ()
    back, t_zero = product_from_ocm(message, "flight.ocm")
    assert t_zero == "2027-03-01T12:00:00" and back.covariance_frame == "RTN_ROTATING"
    np.testing.assert_allclose(back.position, product.position, rtol=1e-15)
    np.testing.assert_allclose(back.covariance, product.covariance, rtol=1e-13)
    for mine, his in zip(product.deployments, back.deployments, strict=True):
        assert (mine.name, mine.time, mine.mass) == (his.name, his.time, his.mass)
        np.testing.assert_allclose(his.delta_v, mine.delta_v, rtol=1e-14)
        assert his.sigma == pytest.approx(mine.sigma, rel=1e-14)


@pytest.mark.parametrize(("frame", "theirs"), [("GCRF", GCRS), ("TEME", TEME)])
def test_states_agree_with_astropy(product, frame, theirs):
    """Every payload at three T-0, the same Earth orientation: within 1 m and 1 mm/s."""
    import astropy_iers_data

    t0 = parse_utc_array(["2020-06-01T10:00:00", "2020-06-01T10:20:00", "2021-11-05T20:00:00"])
    ours = separations(product, t0, frame, read_orientation(astropy_iers_data.IERS_B_FILE))
    times = np.array([d.time for d in product.deployments])
    fixed = product.host_at(times)
    still = LaunchProduct(
        **{**vars(product), "deployments": tuple(Deployment(name=d.name, time=d.time) for d in product.deployments)}
    )
    host = separations(still, t0, frame, read_orientation(astropy_iers_data.IERS_B_FILE))
    for k in range(3):
        when = Time([format_utc(Instant(int(t)), 9, zulu=False) for t in ours.tai[k]], scale="utc")
        with iers.conf.set_temp("auto_download", False), iers.earth_orientation_table.set(iers.IERS_B.open()):
            speed = CartesianDifferential(fixed[1].T * units.m / units.s)
            state = ITRS(CartesianRepresentation(fixed[0].T * units.m, differentials=speed), obstime=when)
            other: Any = state.transform_to(theirs(obstime=when)).cartesian
        assert np.abs(host.position[k] - other.xyz.to_value("m").T).max() < 1.0
        assert np.abs(host.velocity[k] - other.differentials["s"].d_xyz.to_value("m/s").T).max() < 1e-3
    pushes = np.linalg.norm(ours.velocity - host.velocity, axis=-1)
    np.testing.assert_allclose(pushes, [[np.linalg.norm(d.delta_v) for d in product.deployments]] * 3, rtol=1e-9)


def test_the_pushes_are_along_r_t_n_of_the_host(product):
    t0 = parse_utc_array(["2027-03-01T12:00:00"])
    moved = separations(product, t0, "GCRF", KNOWN)
    still = LaunchProduct(
        **{**vars(product), "deployments": tuple(Deployment(name=d.name, time=d.time) for d in product.deployments)}
    )
    host = separations(still, t0, "GCRF", KNOWN)
    r, v = host.position[0, 0], host.velocity[0, 0]
    radial, normal = r / np.linalg.norm(r), np.cross(r, v) / np.linalg.norm(np.cross(r, v))
    push = moved.velocity[0, 0] - v
    wanted = product.deployments[0].delta_v
    np.testing.assert_allclose([push @ radial, push @ np.cross(normal, radial), push @ normal], wanted, atol=1e-9)


def test_covariances_are_positive_definite_and_the_host_s_part_falls_out_of_distances(product):
    found = separations(product, parse_utc_array(["2027-03-01T12:00:00", "2027-03-01T13:00:00"]), "TEME", KNOWN)
    for k in range(2):
        for j in range(12):
            assert np.linalg.eigvalsh(found.covariance(k, j)).min() > 0.0
    first, second = found.covariance(0, 0), found.covariance(0, 1)
    cross = found.cross_covariance(0, 0, 1)
    apart = first + second - cross - cross.T
    independent = first + second
    assert np.trace(apart[:3, :3]) < 0.01 * np.trace(independent[:3, :3])


def test_covariances_hold_samples_that_were_not_used(product):
    """Host errors and pushes drawn at random: 95 % of 4000 payload states lie within the 95 % ellipsoid, 95 +- 2 %."""
    t0 = parse_utc_array(["2027-03-01T12:00:00"])
    found = separations(product, t0, "ITRF", KNOWN)
    rng = np.random.default_rng(11)
    item, count = product.deployments[3], 4000
    host = product.covariance_at(item.time)
    assert host is not None
    errors = rng.multivariate_normal(np.zeros(6), host, size=count)
    pushes = np.array(item.delta_v) + rng.normal(size=(count, 3)) * item.sigma * np.linalg.norm(item.delta_v)
    # move the host by the error in turning axes, push it, and go to ITRF: all by other means than the product's
    position, velocity = product.host_at([item.time])
    omega = np.array([0.0, 0.0, 7.292115e-5])
    r, v = position[0], velocity[0] + np.cross(omega, position[0])
    axes = np.stack([r, np.cross(np.cross(r, v), r), np.cross(r, v)]) / np.array(
        [[np.linalg.norm(r)], [np.linalg.norm(np.cross(np.cross(r, v), r))], [np.linalg.norm(np.cross(r, v))]]
    )
    turning = np.cross(r, v) / (r @ r)
    moved = errors[:, :3] @ axes
    states = np.hstack([r + moved, v + errors[:, 3:] @ axes + np.cross(turning, moved) + pushes @ axes])
    states[:, 3:] -= np.cross(omega, states[:, :3])
    off = states - np.concatenate([found.position[0, 3], found.velocity[0, 3]])
    distance = np.einsum("ni,ij,nj->n", off, np.linalg.inv(found.covariance(0, 3)), off)
    inside = float((distance < 12.591587243743977).mean())  # chi-square, 6 degrees of freedom, 95 %
    assert 0.93 < inside < 0.97


def test_the_window_holds_both_ends_and_counts_leap_seconds():
    opens, closes = parse_utc("2016-12-31T23:59:00Z"), parse_utc("2017-01-01T00:01:00Z")
    t0 = window(opens, closes, 1.0)
    assert len(t0) == 122 and t0[-1] == closes.tai and (np.diff(t0) == SECOND).all()


def test_the_package_holds_what_it_says(product, tmp_path):
    t0 = window(parse_utc("2027-03-01T12:00:00Z"), parse_utc("2027-03-01T12:04:00Z"), 120.0)
    request = Request(t0=t0, frame="GCRF", issuer=ISSUER, orientation=KNOWN, orientation_source="given")
    write_package(product, request, tmp_path)
    summary = json.loads((tmp_path / "opportunities.json").read_text())
    assert [row["t0"] for row in summary["opportunities"]] == [f"2027-03-01T12:0{m}:00.000000000Z" for m in (0, 2, 4)]
    found = separations(product, t0, "GCRF", KNOWN)
    for i, row in enumerate(summary["opportunities"]):
        assert len(row["files"]) == 13
        for file in row["files"]:
            (message,) = read_messages(tmp_path / file["path"])
            assert message.findings == ()
        (opm,) = read_messages(tmp_path / row["files"][5]["path"])
        block, state = opm.segments[0].block("covarianceMatrix"), opm.segments[0].block("stateVector")
        assert block is not None and state is not None
        np.testing.assert_allclose(covariance_of(block) * 1e6, found.covariance(i, 4), rtol=1e-12)
        assert state.number("X") == pytest.approx(found.position[i, 4, 0] * 1e-3, rel=1e-15)
        assert row["payloads"][4]["utc"].startswith(state.text("EPOCH"))


@pytest.mark.skipif(not REFERENCE.is_dir(), reason="the published deployment times are not on this machine")
def test_the_deployment_times_of_starlink_g9_10_are_one_product_at_every_t_zero(product):
    """Launch and deployment times of a real window (as published before launch): always 3625.06 s apart, to 1 ms."""
    text = (REFERENCE / "celestrak_supgp_prelaunch_2024-11-09.txt").read_text()
    lines = text[text.index("G9-10") :].splitlines()
    pairs = [(lines[0].split()[2], lines[0].split()[4])] + [
        tuple(line.split()) for line in lines[1:13] if not line.startswith("#")
    ]
    assert len(pairs) >= 13
    t0 = parse_utc_array([f"2024-11-10T{a}" for a, _ in pairs])
    deployed = LaunchProduct(**{**vars(product), "deployments": (Deployment(name="STACK", time=3625.06),)})
    ours = separations(deployed, t0, "ITRF", KNOWN).tai[:, 0]
    theirs = parse_utc_array([f"2024-11-10T{b}" for _, b in pairs])
    assert np.abs(ours - theirs).max() <= 1_000_000


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("TRAJ_REF_FRAME = ITRF2000", "TRAJ_REF_FRAME = GCRF", "Earth-fixed"),
        ("TIME_SYSTEM = UTC", "TIME_SYSTEM = TAI", "UTC"),
        ("COV_REF_FRAME = RSW_ROTATING", "COV_REF_FRAME = TNW_INERTIAL", "COV_REF_FRAME"),
        ("MAN_REF_FRAME = RSW_INERTIAL", "MAN_REF_FRAME = TNW_INERTIAL", "deployments are in"),
        ("3000.0 SAT_0", "9000.0 SAT_0", "outside of the trajectory"),
        ("km/s, km/s]\n0.0 ", "km/s, km/s]\n0.0 -", "variance"),
    ],
)
def test_an_ocm_that_is_no_launch_product_is_refused(product, old, new, said):
    text = write_kvn(product_to_ocm(product, ISSUER, "2027-03-01T12:00:00Z"))
    at = text.rindex(old)  # a covariance's line begins as a state's does
    with pytest.raises(InputError, match=said):
        (message,) = parse_messages((text[:at] + new + text[at + len(old) :]).encode(), "flight.ocm")
        product_from_ocm(message, "flight.ocm")


def test_a_screener_gets_every_object_s_flight_for_the_whole_window(product, tmp_path):

    from osea_rocket.launch_data.command import run_check
    from osea_rocket.launch_data.opportunity.screening import Screening, write_screening

    opens = parse_utc("2027-03-01T12:00:00Z")
    request = Request(
        t0=window(opens, parse_utc("2027-03-01T12:30:00Z"), 60.0),
        frame="ITRF",
        issuer=Issuer(originator="TESTER", created="2027-02-01T00:00:00Z"),
        orientation=UNKNOWN_ORIENTATION,
        orientation_source="none",
    )
    wish = Screening(contact="cola@example.org", radius=3.5, span=5400.0, probability=1e-6)
    package = write_screening(product, request, wish, tmp_path)
    assert [o["name"] for o in package["objects"]] == ["SECOND STAGE", *(f"SAT_{i}" for i in range(12))]
    assert (package["t0_first"], package["t0_last"], package["step_s"]) == (
        "2027-03-01T12:00:00.000Z", "2027-03-01T12:30:00.000Z", 60.0,
    )  # fmt: skip
    data, text = run_check([tmp_path], lenient=False, strict=False)
    assert not data.get("exit_code"), text
    # a payload's file begins where its separation state is, and follows its orbit: 90 minutes later within what J2 does
    (message,) = read_messages(tmp_path / "screening" / "04-SAT_2.ocm")
    flight, spread = message.segments[0].block("traj"), message.segments[0].block("cov")
    assert flight is not None and spread is not None
    rows = flight.columns(0)
    t0 = np.array([opens.tai])
    found = separations(product, t0, "ITRF", UNKNOWN_ORIENTATION)
    assert np.abs(rows[0, 1:4] * 1e3 - found.position[0, 2]).max() < 1e-3 and rows[0, 0] == 3060.0
    assert np.abs(np.linalg.norm(rows[:, 1:4], axis=1) * 1e3 - 6928e3).max() < 25e3
    assert message.segments[0].block("man") is None and len(spread.rows) == 1
    bare = LaunchProduct(**{**vars(product), "covariance_time": np.zeros(0), "covariance": np.zeros((0, 6, 6))})
    with pytest.raises(InputError, match="needs a covariance"):
        write_screening(bare, request, wish, tmp_path / "bare")
    with pytest.raises(InputError, match="needs a threshold"):
        Screening(contact="x", radius=1.0)
