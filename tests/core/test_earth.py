"""WGS-84 against its published values, another implementation, and itself."""

import erfa
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from osea_rocket.core import earth
from osea_rocket.core.earth import ecef_from_geodetic, geodetic_from_ecef

latitudes = st.floats(-np.pi / 2, np.pi / 2)
longitudes = st.floats(-np.pi, np.pi)


def test_derived_constants_are_the_published_ones():
    # NIMA TR8350.2 (2000), table 3.3: semi-minor axis and first eccentricity squared, to the digits printed there
    assert pytest.approx(6356752.3142, abs=5e-5) == earth.POLAR_RADIUS
    assert pytest.approx(6.69437999014e-3, abs=5e-15) == earth.ECCENTRICITY_SQUARED
    # and J2 = -C20 * sqrt(5) of EGM96
    assert pytest.approx(1.08262982e-3, abs=5e-12) == earth.J2


def test_published_conversions():
    """IAU SOFA's own test values, t_sofa_c.c: t_gc2gd and t_gd2gc for WGS-84."""
    latitude, longitude, height = geodetic_from_ecef(2e6, 3e6, 5.244e6)
    assert longitude == pytest.approx(0.9827937232473290680, abs=1e-14)
    assert latitude == pytest.approx(0.97160184819075459, abs=1e-14)
    assert height == pytest.approx(331.4172461426059892, abs=1e-8)
    assert ecef_from_geodetic(-0.5, 3.1, 2500.0) == pytest.approx(
        (-5599000.5577049947, 233011.67223479203, -3040909.4706983363), abs=1e-7
    )


@given(latitudes, longitudes, st.floats(-20e3, 5e7))
def test_there_and_back(latitude, longitude, altitude):
    place = ecef_from_geodetic(latitude, longitude, altitude)
    lat, lon, alt = geodetic_from_ecef(*place)
    assert lat == pytest.approx(latitude, abs=1e-14)
    assert alt == pytest.approx(altitude, abs=5e-9 if altitude < 1e6 else 4e-8)
    # a longitude means less and less towards the pole: compare places, and both ends of the date line are one
    assert ecef_from_geodetic(lat, lon, alt) == pytest.approx(place, abs=1e-7)


@given(latitudes, longitudes, st.floats(-20e3, 1e9))
def test_as_erfa_has_it(latitude, longitude, altitude):
    """ERFA's gc2gd is Fukushima's method (2006), made by others."""
    place = ecef_from_geodetic(latitude, longitude, altitude)
    assert erfa.gd2gc(1, longitude, latitude, altitude) == pytest.approx(np.array(place), rel=1e-15, abs=1e-7)
    _, lat, alt = erfa.gc2gd(1, np.array(place))
    ours = geodetic_from_ecef(*place)
    assert ours[0] == pytest.approx(float(lat), abs=1e-8)  # its one iteration is coarser than ours, more so high up
    assert ours[2] == pytest.approx(float(alt), abs=1e-6 + 1e-9 * abs(altitude))


def test_the_special_places():
    a, b = earth.RADIUS, earth.POLAR_RADIUS
    assert geodetic_from_ecef(a + 100.0, 0.0, 0.0) == pytest.approx((0.0, 0.0, 100.0), abs=2e-9)
    assert geodetic_from_ecef(0.0, 0.0, b + 100.0) == pytest.approx((np.pi / 2, 0.0, 100.0), abs=2e-9)
    assert geodetic_from_ecef(0.0, 0.0, -b - 100.0) == pytest.approx((-np.pi / 2, 0.0, 100.0), abs=2e-9)
    assert geodetic_from_ecef(0.0, -a, 0.0) == pytest.approx((0.0, -np.pi / 2, 0.0), abs=2e-9)
    assert geodetic_from_ecef(-a, 0.0, 0.0)[1] == pytest.approx(np.pi)
    for depth in (-100e3, -3e6, -6e6):  # an impact search may look below the ground
        place = ecef_from_geodetic(0.7, 0.3, depth)
        assert geodetic_from_ecef(*place) == pytest.approx((0.7, 0.3, depth), abs=1e-8, rel=1e-12)
