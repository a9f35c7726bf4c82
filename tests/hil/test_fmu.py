"""The plant as an FMU, held against the FMI 3 standard and run by FMPy, which was written by others."""

import ctypes
import shutil
import sys
from pathlib import Path

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).parent))
from benches import bench, flying

from osea_rocket.hil.fmu.export import FIRST_INPUT, FIRST_OUTPUT, first_time, write_fmu
from osea_rocket.hil.plant import bench_plant
from osea_rocket.hil.signals import COMMAND_COUNT, INDEX, SIGNAL_COUNT

pytestmark = pytest.mark.c_compiler
GIMBAL, THROTTLE = FIRST_INPUT, FIRST_INPUT + 2


def made():
    return bench(rate=100.0, countdown=0.1)


@pytest.fixture(scope="module")
def fmu(tmp_path_factory, c_compiler):
    path = tmp_path_factory.mktemp("fmu") / "plant.fmu"
    write_fmu(path, made(), flying(2.0), seed=3, stop=2.0)
    return path


def own(commands):
    """The plant's own signals under commands (steps, COMMAND_COUNT): (steps + 1, SIGNAL_COUNT)."""
    plant = bench_plant(made(), flying(2.0), 3)
    rows = []
    for row in np.vstack([commands[:1], commands]):
        plant.commands[:] = row
        plant.tick()
        rows.append(plant.signals.copy())
    return np.array(rows)


def steering(steps):
    commands = np.zeros((steps, COMMAND_COUNT))
    commands[:, 0] = 0.02 * np.sin(0.05 * np.arange(steps))
    commands[:, 2] = np.where(np.arange(steps) < 60, 1.0, 0.7)
    return commands


def test_its_description_and_its_binary_are_as_the_standard_wants(fmu):
    from fmpy import read_model_description, supported_platforms
    from fmpy.validation import validate_fmu

    assert validate_fmu(str(fmu)) == []
    described = read_model_description(str(fmu), validate=True)
    assert described.fmiVersion == "3.0" and described.coSimulation is not None
    assert len([v for v in described.modelVariables if v.causality == "output"]) == SIGNAL_COUNT + 1
    assert described.defaultExperiment is not None
    assert float(described.defaultExperiment.startTime or 0.0) == pytest.approx(-0.09)
    assert set(supported_platforms(str(fmu))) & {
        "x86_64-linux",
        "aarch64-linux",
        "x86_64-darwin",
        "aarch64-darwin",
        "linux64",
    }


@pytest.fixture
def slave(fmu, tmp_path):
    """An instance, and the commands to be set before it begins."""
    from fmpy import extract, read_model_description
    from fmpy.fmi3 import FMU3Slave

    folder = extract(str(fmu), unzipdir=str(tmp_path / "unit"))
    described = read_model_description(folder)
    assert described.coSimulation is not None
    unit = FMU3Slave(
        guid=described.guid,
        unzipDirectory=folder,
        modelIdentifier=described.coSimulation.modelIdentifier,
        instanceName="p",
    )
    unit.instantiate(loggingOn=True)
    yield unit
    unit.freeInstance()
    shutil.rmtree(folder, ignore_errors=True)


INPUT_NUMBERS = list(range(FIRST_INPUT, FIRST_INPUT + COMMAND_COUNT))
OUTPUT_NUMBERS = list(range(FIRST_OUTPUT, FIRST_OUTPUT + SIGNAL_COUNT))


def begin(unit, commands):
    unit.setFloat64(INPUT_NUMBERS, commands.tolist())
    start = first_time(made())
    unit.enterInitializationMode(startTime=start)
    unit.exitInitializationMode()
    return start


def flown(unit, start, commands, size=0.01):
    rows = []
    for i, row in enumerate(commands):
        unit.setFloat64(INPUT_NUMBERS, row.tolist())
        unit.doStep(start + i * size, size)
        rows.append(unit.getFloat64(OUTPUT_NUMBERS))
    return np.array(rows)


def test_its_trajectory_is_the_plant_s_own_to_the_bit(slave):
    commands = steering(150)
    begun = begin(slave, commands[0])
    first = slave.getFloat64(OUTPUT_NUMBERS)
    found = np.vstack([first, flown(slave, begun, commands)])
    assert np.array_equal(found, own(commands), equal_nan=True)
    assert found[-1, INDEX["truth.rate.y"]] != 0.0 and slave.getInt32([1001]) == [0]


def test_it_goes_back_to_a_state_and_takes_long_steps(slave):
    from fmpy.fmi1 import FMICallException

    commands = steering(120)
    begun = begin(slave, commands[0])
    flown(slave, begun, commands[:40])
    kept = slave.getFMUState()
    once = flown(slave, begun + 0.4, commands[40:80])
    slave.setFMUState(kept)
    assert np.array_equal(flown(slave, begun + 0.4, commands[40:80]), once)
    slave.freeFMUState(kept)
    held = np.repeat(commands[79:80], 20, axis=0)
    long = flown(slave, begun + 0.8, held[:1], size=0.2)[0]  # one step of twenty
    assert np.array_equal(long, own(np.vstack([commands[:80], held]))[-1])
    with pytest.raises(FMICallException):
        slave.doStep(begun + 1.0, 0.0123)  # no whole number of its steps
    with pytest.raises(FMICallException):
        slave.doStep(begun + 7.0, 0.01)  # not where it is
    with pytest.raises(FMICallException):
        slave.setFloat64([FIRST_OUTPUT], [1.0])


def test_it_ends_when_the_flight_ends_and_begins_anew(slave):
    commands = steering(210)
    begun = begin(slave, commands[0])
    ends = []
    for i in range(209):
        ends.append(slave.doStep(begun + 0.01 * i, 0.01)[1])
        if ends[-1]:
            break
    assert ends.index(True) == 208 and slave.getInt32([1001])[0] != 0  # 2 s after T-0
    slave.reset()
    begin(slave, commands[0])
    assert slave.getFloat64([OUTPUT_NUMBERS[0]])[0] == pytest.approx(-0.09)


def test_an_importer_simulates_it_as_any_other(fmu):
    from fmpy import simulate_fmu

    found = simulate_fmu(
        str(fmu), start_time=-0.09, stop_time=1.0, output_interval=0.01, start_values={"command.throttle": 0.9},
        output=["clock.time", "truth.mass", "status"],
    )  # fmt: skip
    commands = np.zeros((109, COMMAND_COUNT))
    commands[:, 2] = 0.9
    assert np.array_equal(found["truth.mass"], own(commands)[: len(found), INDEX["truth.mass"]]) and len(found) == 110


def test_a_plant_of_another_version_is_refused(fmu, tmp_path, monkeypatch):
    from fmpy import extract, read_model_description
    from fmpy.fmi3 import FMU3Slave

    folder = Path(extract(str(fmu), unzipdir=str(tmp_path / "unit")))
    about = folder / "resources" / "plant.json"
    about.write_text(about.read_text().replace('"layout": "', '"layout": "0'))
    described = read_model_description(str(folder))
    assert described.coSimulation is not None
    told = []
    unit = FMU3Slave(guid=described.guid, unzipDirectory=str(folder), modelIdentifier="osea_plant", instanceName="p")
    from fmpy.fmi3 import fmi3LogMessageCallback

    unit.instantiate(
        logMessage=fmi3LogMessageCallback(lambda env, status, kind, text: told.append(ctypes.string_at(text)))
    )
    unit.enterInitializationMode()
    with pytest.raises(Exception, match="fmi3ExitInitializationMode"):
        unit.exitInitializationMode()
    assert b"export it again" in told[0]
    unit.freeInstance()
