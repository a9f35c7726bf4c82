"""Broken vehicle files: one clear message each, with file and line."""

import shutil
from pathlib import Path

import pytest

from osea_rocket.core.documents import DocumentError, load_any, load_document
from osea_rocket.vehicle.vehicle import Vehicle

EXAMPLE = Path(__file__).parents[2] / "examples" / "falcon9"

# (file, text, replacement, file that the message names, what it says)
BROKEN = [
    ("stages/first-stage.yaml", "dry_mass: 24.7 t", "dry_mass: -24.7 t", "first-stage.yaml:10:", "greater than 0"),
    ("stages/first-stage.yaml", "dry_mass: 24.7 t", "dry_mass: 24.7 m", "first-stage.yaml:10:", "not a unit"),
    (
        "stages/first-stage.yaml",
        "dry_mass: 24.7 t",
        "dry_mas: 24.7 t",
        "first-stage.yaml:10:",
        "did you mean 'dry_mass'",
    ),
    ("stages/first-stage.yaml", "engine_count: 9", "engine_count: 0", "first-stage.yaml:13:", "at least one engine"),
    (
        "stages/first-stage.yaml",
        "engine: ../engines/merlin-1d.yaml\n",
        "",
        "first-stage.yaml:2:",
        "'engine' is missing",
    ),
    ("stages/first-stage.yaml", "merlin-1d.yaml", "merlin-2.yaml", "merlin-2.yaml", "no such file"),
    (
        "stages/first-stage.yaml",
        "propellant_mass: 414.85 t",
        "propellant_mass: 500 t",
        "first-stage.yaml:11:",
        "the tanks hold 414.9 t",
    ),
    ("stages/first-stage.yaml", "length: 41.2 m", "length: 31.2 m", "first-stage.yaml:9:", "lengthen the stage"),
    ("stages/first-stage.yaml", "role: core", "role: corr", "first-stage.yaml:4:", "did you mean 'core'"),
    ("stages/first-stage.yaml", "role: core", "role: strap-on", "vehicle.yaml:", "list it under 'boosters'"),
    (
        "stages/first-stage.yaml",
        "contents: RP-1",
        "contents: RP-1\n    volume: 100 m^3",
        "first-stage.yaml:",
        "enlarge the tank or load less",
    ),
    (
        "stages/first-stage.yaml",
        "    density: 1252 kg/m^3\n",
        "    density: 1252 kg/m^3\n    cylinder_length: 0.5 m\n",
        "first-stage.yaml:",
        "they meet",
    ),
    (
        "stages/second-stage.yaml",
        "diameter: 3.66 m\nlength",
        "diameter: 3.0 m\nlength",
        "second-stage.yaml:",
        "wider than its stage",
    ),
    (
        "stages/second-stage.yaml",
        "name: second stage",
        "name: first stage",
        "vehicle.yaml:",
        "two stages are called 'first stage'",
    ),
    ("interstage.yaml", "upper_diameter: 3.66 m", "upper_diameter: 3.7 m", "vehicle.yaml:", "do not meet"),
    ("interstage.yaml", '"on": first stage', '"on": third stage', "vehicle.yaml:", "known: 'first stage'"),
    ("interstage.yaml", "mass_included_in: first stage\n", "", "interstage.yaml:", "mass_included_in"),
    ("interstage.yaml", "mass: 0 kg", "mass: 900 kg", "interstage.yaml:", "counted twice"),
    ("interstage.yaml", "encloses: 4.8 m", "encloses: 7.8 m", "interstage.yaml:", "cannot enclose"),
    ("fairing.yaml", "nose_length: 5.2 m", "nose_length: 15.2 m", "fairing.yaml:", "longer than the whole fairing"),
    ("fairing.yaml", "nose_shape: ogive", "nose_shape: ogiv", "fairing.yaml:", "did you mean 'ogive'"),
    ("fairing.yaml", "diameter: 4.6 m", "diameter: 5.6 m", "fairing.yaml:", "wider than the fairing"),
    ("fairing.yaml", "base_diameter: 3.66 m", "base_diameter: 3.5 m", "vehicle.yaml:", "do not meet"),
    (
        "payload-adapter.yaml",
        "lower_diameter: 3.66 m",
        "lower_diameter: 4.66 m",
        "vehicle.yaml:",
        "wider than 'second stage'",
    ),
    ("payload.yaml", "name: payload", "name: payload\nmass: 12", "payload.yaml:4:", "write '12 kg'"),
    ("payload.yaml", "name: payload", "name: payload\ndiameter: 4.9 m", "vehicle.yaml:", "does not fit in the fairing"),
    (
        "vehicle.yaml",
        "interstages:\n  - interstage.yaml\n",
        "boosters:\n  - {stage: stages/first-stage.yaml, count: 1}\n",
        "vehicle.yaml:",
        "two or more",
    ),
    ("vehicle.yaml", "payload: payload.yaml", "payload: vehicle.yaml", "", "circle"),
]


@pytest.mark.parametrize("file, old, new, where, says", BROKEN, ids=[f"{b[0]}: {b[4]}" for b in BROKEN])
def test_broken_file_names_place_and_mend(tmp_path, file, old, new, where, says):
    shutil.copytree(EXAMPLE, tmp_path / "falcon9")
    path = tmp_path / "falcon9" / file
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))
    with pytest.raises(DocumentError) as error:
        load_document(Vehicle, tmp_path / "falcon9" / "vehicle.yaml")
    message = str(error.value)
    assert says in message and where in message, message
    assert error.value.exit_code == 2


def test_example_and_its_parts_load_by_schema():
    for file in (
        "vehicle.yaml",
        "stages/first-stage.yaml",
        "fairing.yaml",
        "interstage.yaml",
        "payload-adapter.yaml",
        "payload.yaml",
    ):
        assert load_any(EXAMPLE / file).name


def test_plain_data_give_the_same_vehicle():
    vehicle = load_document(Vehicle, EXAMPLE / "vehicle.yaml")
    again = Vehicle.model_validate(vehicle.to_plain())
    assert again == vehicle and again.content_hash() == vehicle.content_hash()


def test_nothing_recalled_among_the_masses():
    vehicle = load_document(Vehicle, EXAMPLE / "vehicle.yaml")
    for stage in vehicle.stages:
        assert stage.graded("dry_mass") == stage.graded("propellant_mass") == "secondary"
