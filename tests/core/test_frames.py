"""Frames against published examples, another path through ERFA, another library, and themselves."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from osea_rocket.core.frames import (
    ARCSECOND,
    ROTATION_RATE_UT1,
    EarthOrientation,
    eme2000_from_itrf,
    gcrf_from_itrf,
)
from osea_rocket.core.time import Instant, parse_utc

LOW_ORBIT = (
    np.array([-1033.4793830e3, 7901.2952754e3, 6380.3565958e3]),
    np.array([-3225.636520, -2872.451450, 5531.924446]),
)


def test_sofa_cookbook_matrix():
    """SOFA Tools for Earth Attitude, section 5.5 (IAU 2006/2000A, CIO based, classical angles), 2007 April 5, 12h UTC
    (secondary: matrix and inputs as carried in the test suites of brahe and of the iers2010 C++ library)."""
    orientation = EarthOrientation(
        ut1_minus_utc=-0.072073685,
        pole_x=0.0349282 * ARCSECOND,
        pole_y=0.4833163 * ARCSECOND,
        cip_dx=0.1750e-3 * ARCSECOND,
        cip_dy=-0.2259e-3 * ARCSECOND,
    )
    published = np.array(
        [
            [+0.973104317697535, +0.230363826239128, -0.000703163482198],
            [-0.230363800456037, +0.973104570632801, +0.000118545366625],
            [+0.000711560162668, +0.000046626403995, +0.999999745754024],
        ]
    )
    difference = gcrf_from_itrf(parse_utc("2007-04-05T12:00:00Z"), orientation).matrix.T - published
    assert np.abs(difference).max() < 1e-14


def test_published_state_with_velocity():
    """Vallado, Seago & Seidelmann, AAS 06-134 (2006) / Vallado 2013, example 3-14 and 3-15: GCRF position to a few
    centimetres and velocity to a few 1e-5 m/s (secondary: as carried in the test suites of Orekit and SatelliteToolbox). The
    published values come from the IAU 2000A precession and from IAU-76/FK5 with corrections; both are met."""
    orientation = EarthOrientation(ut1_minus_utc=-0.4399619, pole_x=-0.140682 * ARCSECOND, pole_y=0.333309 * ARCSECOND)
    position, velocity = gcrf_from_itrf(parse_utc("2004-04-06T07:51:28.386009Z"), orientation).to_inertial(*LOW_ORBIT)
    assert np.abs(position - [5102508.9579, 6123011.4007, 6378136.9282]).max() < 0.02
    assert np.abs(velocity - [-4743.220157, 790.536497, 5533.755727]).max() < 5e-5


def test_equinox_based_path_gives_the_same_matrix():
    import erfa

    for text in ("1999-12-31T23:59:59Z", "2016-12-31T23:59:60.5Z", "2031-07-01T03:04:05.678Z"):
        instant = parse_utc(text)
        tt, ut1 = instant.terrestrial_time(), instant.universal_time(0.3)
        apparent_sidereal = erfa.gst06a(*ut1, *tt)
        equinox = erfa.pom00(1e-6, 2e-6, erfa.sp00(*tt)) @ erfa.rz(apparent_sidereal, erfa.pnm06a(*tt))
        ours = gcrf_from_itrf(instant, EarthOrientation(ut1_minus_utc=0.3, pole_x=1e-6, pole_y=2e-6)).matrix.T
        assert np.abs(ours - equinox).max() < 1e-12
        assert np.abs(ours - erfa.c2t06a(*tt, *ut1, 1e-6, 2e-6)).max() < 1e-15


def test_astropy_agrees():
    time = pytest.importorskip("astropy.time", reason="astropy is not installed")
    from astropy import units
    from astropy.coordinates import GCRS, ITRS, CartesianDifferential, CartesianRepresentation
    from astropy.utils import iers

    instant = time.Time("2020-06-01T10:00:00", scale="utc")
    with iers.conf.set_temp("auto_download", False), iers.earth_orientation_table.set(iers.IERS_B.open()):
        table = iers.earth_orientation_table.get()
        ut1 = float(table.ut1_utc(instant).to_value("s"))
        pole_x, pole_y = (float(v.to_value("rad")) for v in table.pm_xy(instant))
        speed = CartesianDifferential(LOW_ORBIT[1] * units.m / units.s)
        state = CartesianRepresentation(LOW_ORBIT[0] * units.m, differentials=speed)
        theirs: Any = ITRS(state, obstime=instant).transform_to(GCRS(obstime=instant)).cartesian
    position, velocity = gcrf_from_itrf(
        parse_utc("2020-06-01T10:00:00Z"), EarthOrientation(ut1_minus_utc=ut1, pole_x=pole_x, pole_y=pole_y)
    ).to_inertial(*LOW_ORBIT)
    assert np.abs(position - theirs.xyz.to_value("m")).max() < 0.05
    assert np.abs(velocity - theirs.differentials["s"].d_xyz.to_value("m/s")).max() < 1e-3


vectors = st.tuples(*[st.floats(-5e7, 5e7) for _ in range(3)])


@given(vectors, vectors, st.integers(0, 10**18), st.floats(-0.9, 0.9))
@settings(max_examples=50)
def test_there_and_back(position, velocity, tai, ut1):
    velocity = np.array(velocity) / 5e3
    for frame in (gcrf_from_itrf, eme2000_from_itrf):
        rotation = frame(Instant(tai), EarthOrientation(ut1_minus_utc=ut1, pole_x=1e-6, pole_y=-2e-6))
        again, speed = rotation.to_earth_fixed(*rotation.to_inertial(position, velocity))
        assert np.abs(again - position).max() < 1e-7
        assert np.abs(speed - velocity).max() < 1e-11


def test_velocity_is_the_derivative_of_position():
    """A point that stands on the Earth moves in GCRF as its positions 2 s apart say (central difference)."""
    orientation = EarthOrientation(ut1_minus_utc=0.1)
    here, at_rest = np.array([6378e3, 10e3, 20e3]), np.zeros(3)
    now = parse_utc("2027-03-01T12:00:00Z")
    _, velocity = gcrf_from_itrf(now, orientation).to_inertial(here, at_rest)
    before, _ = gcrf_from_itrf(now.plus(-1.0), orientation).to_inertial(here, at_rest)
    after, _ = gcrf_from_itrf(now.plus(1.0), orientation).to_inertial(here, at_rest)
    assert np.abs((after - before) / 2.0 - velocity).max() < 1e-4
    assert np.linalg.norm(velocity) == pytest.approx(ROTATION_RATE_UT1 * np.hypot(here[0], here[1]), rel=1e-6)


def test_bound_for_unknown_earth_orientation_holds():
    now = parse_utc("2027-03-01T12:00:00Z")
    assumed, _ = gcrf_from_itrf(now).to_inertial(*LOW_ORBIT)
    bound = EarthOrientation().position_bound(float(np.linalg.norm(LOW_ORBIT[0])))
    for ut1 in (-0.9, 0.9):
        real, _ = gcrf_from_itrf(now, EarthOrientation(ut1_minus_utc=ut1, pole_x=1e-6, pole_y=1e-6)).to_inertial(
            *LOW_ORBIT
        )
        assert 0.5 * bound < np.linalg.norm(real - assumed) < bound
    assert EarthOrientation(ut1_minus_utc=0.0, pole_x=0.0, pole_y=0.0).position_bound(7e6) == 0.0


def test_eme2000_is_gcrf_with_the_frame_bias():
    """The bias is 23 mas (IERS TN 36, section 5.4.4: -16.6170 and -6.8192 mas of pole, -14.6 mas of equinox): about 0.7 m."""
    now = parse_utc("2027-03-01T12:00:00Z")
    gcrf, _ = gcrf_from_itrf(now).to_inertial(*LOW_ORBIT)
    eme, _ = eme2000_from_itrf(now).to_inertial(*LOW_ORBIT)
    angle = np.linalg.norm(eme - gcrf) / np.linalg.norm(gcrf) / ARCSECOND
    assert 0.005 < angle < np.sqrt(16.617**2 + 6.8192**2 + 14.6**2) * 1e-3 + 1e-5
