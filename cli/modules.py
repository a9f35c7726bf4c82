"""`osea modules`: the catalogue of modules on a path; and `osea schema`: what editors check YAML by."""

from pathlib import Path
from typing import Annotated

import typer

from .app import JsonFlag, app, finish

modules = typer.Typer(no_args_is_help=True, help="Modules on a path: list, show, compare, lint, lock, where-used.")
app.add_typer(modules, name="modules")

Folders = Annotated[
    list[Path] | None,
    typer.Option(
        "--path",
        "-p",
        metavar="FOLDER",
        help="Where to look, may be repeated (else OSEA_MODULES, else this folder, and the catalogue).",
    ),
]
ModuleName = Annotated[str, typer.Argument(metavar="MODULE", help="A name, 'name@1.2.0', or a file.")]


@modules.command("list")
def list_modules(
    kind: Annotated[str | None, typer.Option("--kind", "-k", metavar="KIND", help="stage, engine, fairing …")] = None,
    path: Folders = None,
    json: JsonFlag = False,
) -> None:
    """Every module in the folders, in our catalogue, and in installed packages that offer some."""
    from ..studies.modules_command import run_list

    finish(json, lambda: run_list(path or [], kind))


@modules.command()
def show(module: ModuleName, path: Folders = None, json: JsonFlag = False) -> None:
    """One module: identity, ports, sources."""
    from ..studies.modules_command import run_show

    finish(json, lambda: run_show(module, path or []))


@modules.command()
def compare(
    old: Annotated[str, typer.Argument(metavar="OLD", help="The older one: a name, 'name@1.2.0', or a file.")],
    new: Annotated[str, typer.Argument(metavar="NEW", help="The newer one.")],
    path: Folders = None,
    json: JsonFlag = False,
) -> None:
    """Two versions of a module: breaking, additive or editorial, and what the next version should be."""
    from ..studies.modules_command import run_compare

    finish(json, lambda: run_compare(old, new, path or []))


@modules.command()
def lint(path: Folders = None, json: JsonFlag = False) -> None:
    """What is weak in a catalogue's data: sources, identities, whole vehicles beside their published figures."""
    from ..studies.modules_lint import run_lint

    finish(json, lambda: run_lint(path or []))


@modules.command()
def lock(
    file: Annotated[Path, typer.Argument(metavar="FILE.yaml", help="A vehicle, or any document with modules in it.")],
    lock_file: Annotated[
        Path | None, typer.Option("--lock", metavar="FILE", help="The lock file (osea.lock beside FILE.yaml).")
    ] = None,
    check: Annotated[
        bool, typer.Option("--check", metavar="", help="Write nothing; say what is not as it is locked (exit 1).")
    ] = False,
    json: JsonFlag = False,
) -> None:
    """Write down the exact content of every module in use, or hold it against what was written."""
    from ..studies.modules_command import run_lock

    finish(json, lambda: run_lock(file, lock_file, check))


@modules.command("where-used")
def where_used(module: ModuleName, path: Folders = None, json: JsonFlag = False) -> None:
    """Which modules hold this one, directly or through another."""
    from ..studies.modules_command import run_where_used

    finish(json, lambda: run_where_used(module, path or []))


@app.command()
def schema(
    out: Annotated[
        Path, typer.Option("--out", "-o", metavar="FOLDER", help="Where to write one JSON Schema a kind.")
    ] = Path("standard/schemas"),
    check: Annotated[
        bool, typer.Option("--check", metavar="", help="Write nothing; exit 1 when a file is not current.")
    ] = False,
    json: JsonFlag = False,
) -> None:
    """The JSON Schemas (2020-12) of every kind of definition file, for editors and other programs."""
    from ..studies.schema_command import run_schema

    finish(json, lambda: run_schema(out, check))
