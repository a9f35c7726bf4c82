"""Many instants at once, and Earth orientation from files, beside astropy."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from astropy import units
from astropy.coordinates import GCRS, ITRS, TEME, TETE, CartesianDifferential, CartesianRepresentation
from astropy.time import Time
from astropy.utils import iers

from osea_rocket.core.earth_orientation import read_orientation
from osea_rocket.core.errors import InputError
from osea_rocket.core.frame_series import FRAMES, inertial_series
from osea_rocket.core.frames import EarthOrientation, eme2000_from_itrf, gcrf_from_itrf
from osea_rocket.core.time import SECOND, Instant, format_utc, parse_utc_array

STAMPS = [
    "2016-12-31T12:00:00",
    "2016-12-31T23:59:60.5",
    "2017-01-01T00:00:01",
    "2020-06-01T10:00:00.25",
    "2023-03-20T18:30:00",
]
TAI = parse_utc_array(STAMPS)
POSITION = np.array([[6.6e6, 1.2e6, -0.7e6], [-1e6, 6.5e6, 2e6], [3e6, 3e6, 5e6], [6878e3, 0, 0], [0.0, 100.0, 6.9e6]])
VELOCITY = np.array(
    [[-870.0, 7340.0, -4190.0], [10.0, 20.0, 30.0], [0.0, 0.0, 0.0], [0.0, 7000.0, 300.0], [7000.0, 1, 2]]
)


def series_file(name: str) -> Path:
    import astropy_iers_data

    return Path({"C04": astropy_iers_data.IERS_B_FILE, "finals": astropy_iers_data.IERS_A_FILE}[name])


@pytest.fixture(scope="module")
def table():
    return read_orientation(series_file("C04"))


@pytest.mark.parametrize(("name", "theirs"), [("C04", iers.IERS_B), ("finals", iers.IERS_A)])
def test_files_of_the_iers_are_read_as_astropy_reads_them(name, theirs):
    ours = read_orientation(series_file(name))
    other: Any = theirs.open(str(series_file(name)))
    late = parse_utc_array(["2016-12-31T12:00:00", "2017-01-01T12:00:00", "2020-06-01T06:00:00", "2021-11-05T20:00:00"])
    when = Time([format_utc(Instant(int(t)), 3, zulu=False) for t in late], scale="utc")
    ut1, x, y, dx, dy = ours.columns_at(late)
    px, py = other.pm_xy(when)
    ddx, ddy = other.dcip_xy(when)
    # the days around a leap second differ: astropy interpolates per UTC day, we in UT1-TAI, which does not leap
    np.testing.assert_allclose(ut1, other.ut1_utc(when).to_value("s"), atol=2e-7)
    for mine, his in ((x, px), (y, py), (dx, ddx), (dy, ddy)):
        np.testing.assert_allclose(mine, his.to_value("rad"), atol=1e-11)


def test_the_csv_of_celestrak_is_read(tmp_path):
    file = tmp_path / "EOP-All.csv"
    file.write_text(
        "DATE,MJD,X,Y,UT1-UTC,LOD,DPSI,DEPS,DX,DY,DAT,DATA_TYPE\n"
        "2020-06-01,59001,0.1,0.4,-0.24,0.001,-0.1,-0.01,0.0002,-0.0001,37,O\n"
        "2020-06-02,59002,0.2,0.4,-0.26,0.001,-0.1,-0.01,0.0002,-0.0001,37,O\n"
    )
    noon = read_orientation(file).at(Instant(int(parse_utc_array(["2020-06-01T12:00:00"])[0])))
    assert noon.ut1_minus_utc == pytest.approx(-0.25, abs=1e-12) and noon.pole_x == pytest.approx(
        np.radians(0.15 / 3600.0)
    )


@pytest.mark.parametrize("text", ["", "hello\n", "DATE,MJD,X,Y\n2020,59001,a,b\n", "\u00e9"])
def test_what_is_no_file_of_earth_orientation_is_refused(tmp_path, text):
    file = tmp_path / "eop.txt"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=r"eop\.txt"):
        read_orientation(file)


def test_instants_outside_of_the_table_are_refused(table):
    with pytest.raises(InputError, match="is not in the table"):
        table.columns_at(parse_utc_array(["2200-01-01T00:00:00"]))


@pytest.mark.parametrize("frame", ["GCRF", "TOD", "TEME"])
def test_frames_agree_with_astropy(frame, table):
    """The same Earth orientation on both sides: within 0.1 m and 1 mm/s."""
    ours = inertial_series(frame, TAI, table).to_inertial(POSITION, VELOCITY)
    when = Time(STAMPS, scale="utc")
    with iers.conf.set_temp("auto_download", False), iers.earth_orientation_table.set(iers.IERS_B.open()):
        speed = CartesianDifferential(VELOCITY.T * units.m / units.s)
        fixed = ITRS(CartesianRepresentation(POSITION.T * units.m, differentials=speed), obstime=when)
        frames: dict[str, Any] = {"GCRF": GCRS, "TOD": TETE, "TEME": TEME}
        theirs: Any = fixed.transform_to(frames[frame](obstime=when)).cartesian
    leap = [i for i, s in enumerate(STAMPS) if not s.startswith("2016-12-31T23")]  # astropy's UT1 jumps within that day
    assert np.abs(ours[0] - theirs.xyz.to_value("m").T)[leap].max() < 0.1
    assert np.abs(ours[1] - theirs.differentials["s"].d_xyz.to_value("m/s").T)[leap].max() < 1e-3


def test_many_instants_are_as_one_by_one(table):
    for frame, single in (("GCRF", gcrf_from_itrf), ("EME2000", eme2000_from_itrf)):
        many = inertial_series(frame, TAI, table)
        for i, tai in enumerate(TAI):
            one = single(Instant(int(tai)), table.at(Instant(int(tai))))
            np.testing.assert_allclose(many.matrix[i], one.matrix, atol=1e-14)
            np.testing.assert_allclose(many.rate_itrf[i], one.rate_itrf, atol=1e-18)


@pytest.mark.parametrize("frame", FRAMES)
def test_thousands_of_instants_are_as_a_few(frame, table):
    """Precession and nutation are interpolated when the instants are close: 10 um at 7000 km."""
    many = TAI[3] + np.arange(0, 5000, 3, dtype=np.int64) * SECOND
    chosen = many[::400]
    close = inertial_series(frame, many, table).matrix[::400]
    assert np.abs(close - inertial_series(frame, chosen, table).matrix).max() * 7e6 < 1e-5


@pytest.mark.parametrize("frame", FRAMES)
def test_there_and_back(frame):
    turn = inertial_series(frame, TAI, EarthOrientation(ut1_minus_utc=0.1))
    position, velocity = turn.to_earth_fixed(*turn.to_inertial(POSITION, VELOCITY))
    np.testing.assert_allclose(position, POSITION, atol=1e-8)
    np.testing.assert_allclose(velocity, VELOCITY, atol=1e-11)


def test_an_unknown_frame_is_refused():
    with pytest.raises(InputError, match="TEME"):
        inertial_series("ECI", TAI, EarthOrientation())
