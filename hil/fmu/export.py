"""A bench's plant written as an FMU (FMI 3.0, co-simulation): description, binary of this machine, sources, packed plant."""

import hashlib
import os
import platform
import shutil
import subprocess
import sys
import tempfile
import zipfile
from importlib.metadata import version
from importlib.resources import as_file, files
from pathlib import Path
from xml.etree.ElementTree import Element, ElementTree, SubElement, indent

from ...core.errors import InputError
from ...trajectory.flight.layout import STATUS_NAMES
from ..document import Bench
from ..mapping import empty_inputs
from ..plant import Flying
from ..signals import COMMAND_COUNT, INPUTS, SIGNALS, Signal
from .packed import write_plant

MODEL = "osea_plant"
TIME, FIRST_INPUT, FIRST_OUTPUT, STATUS = 0, 1, 101, 1001
_UNITS = {  # exponents of kg, m, s, A, rad
    "s": (0, 0, 1, 0, 0), "m": (0, 1, 0, 0, 0), "m/s": (0, 1, -1, 0, 0), "m/s^2": (0, 1, -2, 0, 0), "rad": (0, 0, 0, 0, 1),
    "rad/s": (0, 0, -1, 0, 1), "kg": (1, 0, 0, 0, 0), "Pa": (1, -1, -2, 0, 0), "N": (1, 1, -2, 0, 0),
    "N*m": (1, 2, -2, 0, 0), "V": (1, 2, -3, -1, 0), "A": (0, 0, 0, 1, 0),
}  # fmt: skip
_PLATFORM = {"Linux": ("linux", ".so", "-shared"), "Darwin": ("darwin", ".dylib", "-dynamiclib")}
_MACHINE = {"x86_64": "x86_64", "amd64": "x86_64", "aarch64": "aarch64", "arm64": "aarch64"}
_SOURCES = ("plant.c", "unsupported.c")


def write_fmu(path: Path, bench: Bench, flying: Flying, *, seed: int = 0, stop: float | None = None) -> None:
    """Write the FMU. seed: of the sensors' noise; stop: time offered as the simulation's end [s since T-0].

    Raises InputError without a C compiler, or on a system for which there is no binary interface yet.
    """
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        resources, sources = folder / "resources", folder / "sources"
        resources.mkdir()
        sources.mkdir()
        write_plant(resources, bench, flying, seed)
        (resources / "python.txt").write_text(sys.executable + "\n", encoding="utf-8")
        token = hashlib.sha256(
            (resources / "plant.json").read_bytes() + (resources / "plant.f64").read_bytes()
        ).hexdigest()
        with as_file(files(__name__.rpartition(".")[0]).joinpath("data")) as data:
            for item in (*(data / n for n in _SOURCES), *data.joinpath("fmi3").iterdir()):
                shutil.copy(item, sources / item.name)
        (sources / "plant_sizes.h").write_text(_sizes(bench, token), encoding="utf-8")
        _build_description(sources / "buildDescription.xml")
        _description(folder / "modelDescription.xml", bench, token, stop)
        _compile(folder, sources)
        path.parent.mkdir(parents=True, exist_ok=True)
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            for item in sorted(folder.rglob("*")):
                if item.is_file():
                    archive.write(item, item.relative_to(folder).as_posix())


def first_time(bench: Bench) -> float:
    """When the first sample is [s since T-0]: one step into the countdown."""
    return (1.0 - round(bench.countdown * bench.rate)) / bench.rate


def _sizes(bench: Bench, token: str) -> str:
    start = ", ".join(repr(float(v)) for v in empty_inputs()[:COMMAND_COUNT])
    return (
        f"#define INPUTS {COMMAND_COUNT}\n#define OUTPUTS {len(SIGNALS) + 1}\n#define TIME {TIME}u\n"
        f"#define FIRST_INPUT {FIRST_INPUT}u\n#define FIRST_OUTPUT {FIRST_OUTPUT}u\n#define STATUS {STATUS}u\n"
        f"#define STEP {1.0 / bench.rate!r}\n#define TOKEN \"{token}\"\n#define START_VALUES {{{start}}}\n"
    )  # fmt: skip


def _compile(folder: Path, sources: Path) -> None:
    system, machine = platform.system(), _MACHINE.get(platform.machine().lower())
    if system not in _PLATFORM or machine is None:
        raise InputError(f"no FMU for {system} on {platform.machine()} yet: Linux and macOS on x86-64 and AArch64")
    name, suffix, shared = _PLATFORM[system]
    compiler = os.environ.get("CC") or shutil.which("cc") or shutil.which("gcc") or shutil.which("clang")
    if compiler is None:
        raise InputError("an FMU needs a C compiler; install one (Debian: apt-get install gcc), or name it by CC")
    target = folder / "binaries" / f"{machine}-{name}"
    target.mkdir(parents=True)
    words = [
        *compiler.split(),
        "-std=c99",
        "-O2",
        "-fPIC",
        "-fvisibility=hidden",
        shared,
        "-o",
        str(target / (MODEL + suffix)),
    ]
    words += [*(str(sources / n) for n in _SOURCES), "-lm"]
    done = subprocess.run(words, capture_output=True, text=True)  # noqa: S603  the user's compiler, our sources
    if done.returncode:
        raise InputError(f"{compiler} refuses the FMU's sources", details=done.stderr.splitlines()[:8])


def _build_description(path: Path) -> None:
    root = Element("fmiBuildDescription", fmiVersion="3.0")
    built = SubElement(root, "BuildConfiguration", modelIdentifier=MODEL, description="POSIX: sockets, fork and exec")
    files_ = SubElement(built, "SourceFileSet", language="C99", compilerOptions="-fvisibility=hidden")
    for name in _SOURCES:
        SubElement(files_, "SourceFile", name=name)
    SubElement(built, "Library", name="m", external="true")
    _write(root, path)


def _description(path: Path, bench: Bench, token: str, stop: float | None) -> None:
    root = Element(
        "fmiModelDescription", fmiVersion="3.0", modelName=bench.name, instantiationToken=token,
        description="A launch vehicle's plant: sensors, truth and power against a flight computer's commands",
        generationTool=f"osea-rocket {version('osea-rocket')}", variableNamingConvention="structured",
    )  # fmt: skip
    SubElement(
        root, "CoSimulation", modelIdentifier=MODEL, needsExecutionTool="true", canGetAndSetFMUState="true",
        canHandleVariableCommunicationStepSize="true", fixedInternalStepSize=repr(1.0 / bench.rate),
    )  # fmt: skip
    units = SubElement(root, "UnitDefinitions")
    commands = INPUTS[:COMMAND_COUNT]
    for unit in dict.fromkeys(s.unit for s in (*commands, *SIGNALS) if s.unit):
        base = {n: str(e) for n, e in zip(("kg", "m", "s", "A", "rad"), _UNITS[unit], strict=True) if e}
        SubElement(SubElement(units, "Unit", name=unit), "BaseUnit", base)
    log = SubElement(root, "LogCategories")
    SubElement(log, "Category", name="logStatusError", description="why a call was refused")
    begin = first_time(bench)
    SubElement(
        root, "DefaultExperiment", startTime=repr(begin), stopTime=repr(begin + 60.0 if stop is None else stop),
        stepSize=repr(1.0 / bench.rate),
    )  # fmt: skip
    table = SubElement(root, "ModelVariables")
    SubElement(
        table, "Float64", name="time", valueReference=str(TIME), causality="independent", variability="continuous",
        description="of the importer; T-0 is at clock.time 0",
    )  # fmt: skip
    for i, (signal, value) in enumerate(zip(commands, empty_inputs(), strict=False)):
        _variable(table, signal, FIRST_INPUT + i, causality="input", start=repr(float(value)))
    for i, signal in enumerate(SIGNALS):
        _variable(table, signal, FIRST_OUTPUT + i, causality="output", initial="calculated")
    states = ", ".join(f"{i} {n}" for i, n in enumerate(STATUS_NAMES))
    SubElement(
        table, "Int32", name="status", valueReference=str(STATUS), causality="output", variability="discrete",
        initial="calculated", description=states,
    )  # fmt: skip
    structure = SubElement(root, "ModelStructure")
    outputs = [*range(FIRST_OUTPUT, FIRST_OUTPUT + len(SIGNALS)), STATUS]
    for kind in ("Output", "InitialUnknown"):
        for number in outputs:
            SubElement(structure, kind, valueReference=str(number))
    _write(root, path)


def _variable(table: Element, signal: Signal, number: int, **more: str) -> None:
    about = {"name": signal.name, "valueReference": str(number), "variability": "continuous", **more}
    if signal.description:
        about["description"] = signal.description
    if signal.unit:
        about["unit"] = signal.unit
    SubElement(table, "Float64", about)


def _write(root: Element, path: Path) -> None:
    indent(root)
    ElementTree(root).write(path, encoding="UTF-8", xml_declaration=True)
