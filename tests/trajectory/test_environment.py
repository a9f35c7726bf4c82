"""The environment document: NRLMSIS, profiles and winds of one's own, their joints, and what is refused."""

import importlib
import importlib.util
from pathlib import Path

import numpy as np
import pytest

from osea_rocket.core.documents import DocumentError, load_document
from osea_rocket.core.errors import MissingExtraError
from osea_rocket.core.numeric import lookup
from osea_rocket.trajectory.environment import msis
from osea_rocket.trajectory.environment.atmosphere import (
    density,
    pressure,
    speed_of_sound,
    standard_atmosphere,
    temperature,
)
from osea_rocket.trajectory.environment.document import Environment

needs_msis = pytest.mark.skipif(importlib.util.find_spec("pymsis") is None, reason="the extra msis is not installed")
SUN = {"f107": 150.0, "f107_average": 150.0, "ap": 4.0}

# NRL, test output of NRLMSIS 2.1 (msis2.1_test_ref_dp.txt of the model's release): day of year, UT s, altitude km, latitude,
# longitude, F10.7 average, F10.7, Ap → density g/cm^3, temperature K. The year does not matter to the model: 2001 for 1970
PUBLISHED = [
    ("2001-06-27", 64800, 0.2, 50.0, 55.0, 153.3, 146.5, 35.0, 1.160e-3, 294.10),
    ("2001-01-22", 64800, 0.6, -15.0, 35.0, 163.8, 182.8, 5.0, 1.100e-3, 296.25),
    ("2001-10-07", 43200, 0.8, -10.0, 160.0, 149.4, 128.1, 4.0, 1.085e-3, 293.36),
]


def published_rows():
    """The release's whole file, when pymsis carries it: every tenth row above 86 km too."""
    spec = importlib.util.find_spec("pymsis")
    file = Path(spec.origin).parent / "tests" / "msis2.1_test_ref_dp.txt" if spec and spec.origin else None
    if file is None or not file.is_file():
        return []
    rows = []
    for line in file.read_text().splitlines()[1::10]:
        c = line.split()
        day = np.datetime64("2001-01-01") + np.timedelta64(int(c[0][-3:]) - 1, "D")
        rows.append(
            (str(day), int(c[1]), *(float(v) for v in c[2:5]), *(float(v) for v in c[6:9]), float(c[14]), float(c[19]))
        )
    return rows


@needs_msis
def test_nrlmsis_gives_its_published_output():
    rows = PUBLISHED + published_rows()
    assert len(rows) > 20 and max(row[2] for row in rows) > 200.0
    for day, second, km, latitude, longitude, average, f107, ap, rho, kelvin in rows:
        epoch = str(np.datetime64(day, "s") + np.timedelta64(second, "s")) + "Z"
        found = msis.msis_profile(
            "NRLMSIS 2.1",
            epoch,
            np.radians(latitude),
            np.radians(longitude),
            [km * 1e3],
            f107=f107,
            f107_average=average,
            ap=ap,
        )[0]
        assert found[0] == pytest.approx(rho * 1e3, rel=2e-3)
        assert found[2] == pytest.approx(kelvin, rel=1e-3)


@needs_msis
def test_pressure_of_nrlmsis_fits_its_density_and_temperature_where_air_is_mixed():
    rho, p, t = msis.msis_profile("NRLMSIS 2.1", "2020-03-20T12:00:00Z", 0.5, 0.0, [20e3, 50e3, 75e3], **SUN).T
    assert p / (rho * 287.053 * t) == pytest.approx(np.ones(3), abs=2e-3)


@needs_msis
@pytest.mark.parametrize("version", ["NRLMSISE-00", "NRLMSIS 2.0", "NRLMSIS 2.1"])
def test_the_joint_at_86_km_is_smooth(version):
    air, standard = msis.msis_atmosphere(version, "2020-06-01T12:00:00Z", 0.5, -1.4, **SUN), standard_atmosphere()
    for h in (0.0, 30e3, 80e3):
        assert density(air, h) == pytest.approx(density(standard, h), rel=1e-6)
        assert temperature(air, h) == pytest.approx(temperature(standard, h), rel=1e-6)
    own = msis.msis_profile(version, "2020-06-01T12:00:00Z", 0.5, -1.4, [95e3, 150e3, 400e3], **SUN)
    assert [density(air, h) for h in (95e3, 150e3, 400e3)] == pytest.approx(own[:, 0], rel=3e-3)
    assert [pressure(air, h) for h in (95e3, 150e3, 400e3)] == pytest.approx(own[:, 1], rel=3e-3)
    h = np.arange(84e3, 92e3, 50.0)
    for column in (air.log_density, air.log_pressure):
        slope = np.diff([lookup(column, x) for x in h]) / 50.0
        assert np.all(slope < 0.0)
        assert np.max(np.abs(np.diff(slope))) < 0.12 * np.max(np.abs(slope))  # no jump of the slope over 50 m


@needs_msis
def test_the_suns_activity_is_felt():
    quiet = msis.msis_atmosphere("NRLMSISE-00", "2020-06-01T12:00:00Z", 0.5, 0.0, f107=70, f107_average=70, ap=4)
    active = msis.msis_atmosphere("NRLMSISE-00", "2020-06-01T12:00:00Z", 0.5, 0.0, f107=220, f107_average=220, ap=40)
    assert density(active, 400e3) > 4 * density(quiet, 400e3)
    assert density(active, 80e3) == density(quiet, 80e3)


def test_without_the_package_the_message_names_the_extra(monkeypatch):
    real = importlib.import_module

    def absent(name, package=None):
        if name == "pymsis":
            raise ImportError(name)
        return real(name, package)

    monkeypatch.setattr(msis.importlib, "import_module", absent)
    with pytest.raises(MissingExtraError, match=r"osea-rocket\[msis\]"):
        msis.msis_atmosphere("NRLMSIS 2.1", "2020-06-01T12:00:00Z", 0.5, 0.0, **SUN)


# ---- files ----

HEAD = "schema: osea/environment/v1\nname: test day\n"
PROFILE_SOURCE = "sources:\n  - {fields: [profile], grade: estimate, citation: made up for a test}\n"
WIND_SOURCE = "sources:\n  - {fields: [wind], grade: estimate, citation: made up for a test}\n"


def profile_csv(top=30, factor=1.04):
    """The standard atmosphere with `factor` of its pressure and density, at every kilometre."""
    air = standard_atmosphere()
    rows = ["# a balloon", "altitude [km],density [kg/m^3],pressure [hPa],temperature [degC],speed_of_sound [m/s]"]
    for km in range(top + 1):
        h = km * 1e3
        p, rho = factor * pressure(air, h) / 100, factor * density(air, h)
        rows.append(f"{km},{rho:.8e},{p:.8e},{temperature(air, h) - 273.15:.4f},{speed_of_sound(air, h):.3f}")
    return "\n".join(rows) + "\n"


def written(folder, text, **files):
    for name, content in files.items():
        (folder / name.replace("_csv", ".csv")).write_text(content, encoding="utf-8")
    (folder / "environment.yaml").write_text(text, encoding="utf-8")
    return folder / "environment.yaml"


def test_a_profile_from_csv_flies_and_goes_over_into_the_standard_air(tmp_path):
    path = written(tmp_path, HEAD + "profile: balloon.csv\n" + PROFILE_SOURCE, balloon_csv=profile_csv())
    document = load_document(Environment, path)
    air, standard = document.atmosphere(0.5, 0.0), standard_atmosphere()
    for h in (0.0, 8e3, 20e3, 27e3):
        assert density(air, h) / density(standard, h) == pytest.approx(1.04, rel=3e-3)
        assert temperature(air, h) == pytest.approx(temperature(standard, h), abs=0.3)
    for h in (30.5e3, 50e3, 150e3):
        assert density(air, h) == pytest.approx(density(standard, h), rel=1e-3)
    assert {p.name for p in document.input_files()} == {"environment.yaml", "balloon.csv"}
    again = Environment.model_validate(document.to_plain(), context={"from_file": True})
    assert again.content_hash() == document.content_hash()


def test_wind_from_csv_and_from_the_climatology(tmp_path):
    rows = "altitude [km],east [m/s],north [kt]\n0,2,0\n10,40,-10\n20,5,0\n"
    path = written(tmp_path, HEAD + "wind: day.csv\n" + WIND_SOURCE, day_csv=rows)
    wind = load_document(Environment, path).moving_air(0.5)
    assert lookup(wind.east, 10e3) == pytest.approx(40.0) and lookup(wind.north, 10e3) == pytest.approx(
        -5.1444, abs=1e-3
    )
    path = written(tmp_path, HEAD + "wind_climatology: {model: HWM93, month: 1}\n")
    assert lookup(load_document(Environment, path).moving_air(np.radians(28.5)).east, 12e3) == pytest.approx(
        21.0, abs=1.5
    )


GOOD_WIND = "wind: {altitude: [0 km, 10 km], east: [0 m/s, 30 m/s], north: [0 m/s, 0 m/s]}\n"


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (GOOD_WIND, "say where it comes from"),
        (GOOD_WIND + WIND_SOURCE + "wind_climatology: {model: HWM93, month: 1}\n", "leave one out"),
        ("wind_climatology: {model: HWM93, month: 13}\n", "month"),
        (GOOD_WIND.replace("10 km", "0 km") + WIND_SOURCE, "altitudes ascend"),
        (GOOD_WIND.replace("30 m/s", "3000 m/s") + WIND_SOURCE, "at most"),
        ("wind: absent.csv\n" + WIND_SOURCE, "no such file"),
        ("wind: bad.csv\n" + WIND_SOURCE, "line 2: 2 cells under 3 columns"),
        ("wind: unitless.csv\n" + WIND_SOURCE, "names each column with its unit"),
        ("profile: short.csv\n" + PROFILE_SOURCE, "is missing"),
        ("profile: wrong.csv\n" + PROFILE_SOURCE, "1 is air"),
        ("thermosphere: {model: NRLMSIS 2.1, epoch: noon, f107: 150, f107_average: 150, ap: 4}\n", "epoch"),
        ("thermosphere: {model: JB2008, epoch: 2020-01-01T00:00:00Z, f107: 1, f107_average: 1, ap: 4}\n", "model"),
    ],
)
def test_bad_files_are_refused_with_place_and_mend(tmp_path, body, message):
    wrong = profile_csv().replace("hPa", "kPa")
    path = written(
        tmp_path, HEAD + body, wrong_csv=wrong, short_csv="altitude [km]\n1\n2\n3\n4\n",
        bad_csv="altitude [km],east [m/s],north [m/s]\n0,1\n", unitless_csv="altitude,east,north\n0,1,2\n",
    )  # fmt: skip
    with pytest.raises(DocumentError, match=r"environment\.yaml:\d+:\d+") as caught:
        load_document(Environment, path)
    assert message in str(caught.value)


def test_an_empty_environment_is_the_standard_atmosphere_at_rest():
    plain = Environment(name="standard")
    assert plain.atmosphere(0.5, 0.1) is standard_atmosphere()
    assert not np.any(plain.moving_air(0.5).east.coefficients)
