"""The geoid against the sample output of the model's own program, and a site's two ways to state its altitude."""

import numpy as np
import pytest

from osea_rocket.core.errors import InputError
from osea_rocket.trajectory.environment.geoid import geoid_height
from osea_rocket.trajectory.site import LaunchSite

# NIMA/NASA GSFC, README of the EGM96 geoid programs: sample output OUTINTPT.DAT of INTPT.F on the 15-minute grid
PUBLISHED = [
    (38.6281550, 269.7791550, -31.628),
    (-14.6212170, 305.0211140, -2.969),
    (46.8743190, 102.4487290, -43.575),
    (-23.6174460, 133.8747120, 15.871),
    (38.6254730, 359.9995000, 50.066),
    (-0.4667440, 0.0023000, 17.329),
]


@pytest.mark.parametrize(("latitude", "longitude", "height"), PUBLISHED)
def test_published_points(latitude, longitude, height):
    assert geoid_height(np.radians(latitude), np.radians(longitude)) == pytest.approx(height, abs=0.004)
    assert geoid_height(np.radians(latitude), np.radians(longitude - 360.0)) == pytest.approx(height, abs=0.004)


def test_poles_and_date_line_are_places_like_others():
    assert geoid_height(np.pi / 2, 0.3) == pytest.approx(13.606, abs=0.01)  # 13.61 m: the grid's own value
    assert geoid_height(-np.pi / 2, 2.0) == pytest.approx(-29.53, abs=0.02)
    assert geoid_height(0.5, np.pi - 1e-9) == pytest.approx(geoid_height(0.5, -np.pi + 1e-9), abs=1e-6)


def test_a_pad_above_sea_level_stands_where_the_same_pad_above_the_ellipsoid_does():
    place = {"name": "pad", "latitude": np.radians(28.5618571), "longitude": np.radians(-80.577366)}
    by_map = LaunchSite(**place, altitude_above_sea_level=5.0)
    assert by_map.ellipsoid_altitude() == pytest.approx(5.0 - 29.917, abs=0.005)  # the Cape's geoid lies 30 m deep
    by_gps = LaunchSite(**place, altitude=by_map.ellipsoid_altitude())
    assert by_gps.position() == pytest.approx(by_map.position(), abs=1e-6)


@pytest.mark.parametrize("altitudes", [{}, {"altitude": 1.0, "altitude_above_sea_level": 1.0}])
def test_a_site_says_once_above_what(altitudes):
    site = LaunchSite(name="pad", latitude=0.5, longitude=0.5, altitude=3.0)
    with pytest.raises(InputError, match="give one of"):
        site.evolve(**({"altitude": None} | altitudes))
