"""Every code block of every page: Python runs, commands run or are parsed, YAML fits its schema, C compiles.

A block that cannot run says why in a comment before it, ``<!-- not run: … -->``; a piece of a YAML document names it, as
``<!-- piece of: osea/bench/v1 -->``. Blocks of a page share one folder and one namespace, from top to bottom. ``text`` is output.
"""

import os
import re
import shlex
import shutil
import sys
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
import yaml
from markdown_it import MarkdownIt

from osea_rocket.cli.main import main
from osea_rocket.core.documents import SCHEMAS
from osea_rocket.studies.schema_command import schema_files

ROOT = Path(__file__).resolve().parents[2]
PATTERNS = (
    "README.md",
    "CONTRIBUTING.md",
    "docs/**/*.md",
    "standard/**/*.md",
    "catalogue/*.md",
    "examples/*/README.md",
    "benchmarks/*.md",
)  # fmt: skip  README.zh.md holds README.md's blocks: test_site.py
PAGES = sorted(
    f
    for p in PATTERNS
    for f in ROOT.glob(p)
    if "site" not in f.relative_to(ROOT).parts and "build" not in f.relative_to(ROOT).parts
)
LANGUAGES = {"python", "sh", "console", "yaml", "json", "c", "text"}

# Commands that are parsed and not run: more than a few seconds each. Their work has tests of its own.
SLOW = {
    "osea design": "a whole design",
    "osea ascent": "solves an ascent",
    "osea fly": "solves an ascent and flies it",
    "osea sweep": "many ascents",
    "osea disperse": "an ascent and thousands of flights",
    "osea land": "flights under guidance",
    "osea campaign": "a hundred campaigns",
    "osea hil": "needs a flight computer at the other end",
    "osea validate": "hours",
    "osea certify": "computes every verdict, or needs a certificate that was",
    "osea check examples/avionics/electrical.yaml --": "all the drawings",
    "osea engine examples/engines/j-2.yaml --json": "the same work as without",
    "osea engine examples/engines/rl10a-3-3a.yaml": "contour and cooling",
    "osea engine examples/engines/methalox-demonstrator.yaml": "contour and cooling",
    "osea data serve": "serves until it is stopped",
    "osea data watch": "watches until it is stopped",
    "osea data build": "needs the run folder of a design",
    "osea data import": "needs data of others",
    "osea data opportunities": "a flight at hundreds of T-0",
    "osea avionics build": "every output, with the C code",
    "osea data sign": "needs the package of a design",
    "osea data verify": "needs the package of a design",
    "osea data diff": "needs the packages of two designs",
    "osea data redact": "needs a record signed",
    "osea data check out/": "needs the package of a design",
    "osea check examples/modular/vehicle.yaml --loads": "needs the run of a design",
}
PROPELLANTS = {"LOX", "UDMH", "MON"}
# What else a shell is asked: held against what it names.
OTHERS = ("make", "python", "pip", "source", "cd", "st", "ls")


@dataclass(frozen=True)
class Block:
    """One block of a page."""

    page: Path
    line: int
    language: str
    text: str
    comment: str

    @property
    def place(self) -> str:
        return f"{self.page.relative_to(ROOT)}:{self.line}"

    @property
    def not_run(self) -> str:
        found = re.search(r"<!-- not run: (.+?) -->", self.comment, re.DOTALL)
        return found[1] if found else ""


@cache
def blocks(page: Path) -> tuple[Block, ...]:
    tokens = MarkdownIt("commonmark").enable("table").parse(page.read_text(encoding="utf-8"))
    found = []
    for before, token in zip([None, *tokens], tokens, strict=False):
        if token.type in ("fence", "code_block") and not token.info.startswith("{"):
            comment = before.content if before is not None and before.type == "html_block" else ""
            found.append(Block(page, (token.map or [0])[0] + 1, token.info.strip(), token.content, comment))
    return tuple(found)


def test_every_block_names_its_language():
    assert [b.place for p in PAGES for b in blocks(p) if b.language not in LANGUAGES] == []


def test_what_is_not_run_is_counted_and_says_why(capsys):
    every = [b for p in PAGES for b in blocks(p)]
    left = [b for b in every if b.not_run]
    with capsys.disabled():
        print(f"\n{dict(Counter(b.language for b in every))}; not run: {len(left)}")
        commands = [
            treated(words, line)
            for b in every
            if b.language in ("sh", "console") and not b.not_run
            for line in lines(b)
            if (words := shlex.split(line.rstrip("& "), comments=True))[:1] == ["osea"]
        ]
        print(f"commands: {dict(Counter(commands))}; those that are not run are parsed")
        for block in left:
            print(f"  {block.place}: {block.not_run}")
    assert len(left) <= 6
    assert all(len(b.not_run) > 15 for b in left)


# ---- pages, from top to bottom ----


@pytest.fixture
def own_kinds():
    """Kinds of documents that a page defines are gone with it; they would stand among ours for every later test."""
    yield
    for schema in [s for s, model in SCHEMAS.items() if model.__module__ == "__main__"]:
        del SCHEMAS[schema]


@pytest.mark.usefixtures("own_kinds")
@pytest.mark.parametrize("page", [p for p in PAGES if blocks(p)], ids=lambda p: str(p.relative_to(ROOT)))
def test_blocks_of(page, tmp_path, monkeypatch, capsys):
    for name in ("examples", "standard"):
        shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("build*", "__pycache__"))
    monkeypatch.chdir(tmp_path)
    names: dict[str, Any] = {"__name__": "__main__"}
    for block in blocks(page):
        if not block.not_run:
            {"python": run_python, "c": compile_c, "yaml": hold_yaml, "json": hold_json, "text": lambda *_: None}.get(
                block.language, run_shell
            )(block, names)


def run_python(block: Block, names: dict[str, Any]) -> None:
    """A module with relative imports says in a comment where it stands: ``<!-- in package: osea_rocket.vehicle -->``."""
    package = re.search(r"<!-- in package: (\S+) -->", block.comment)
    names["__package__"] = package[1] if package else None
    code = "\n" * block.line + block.text  # so that a traceback shows the page's line
    exec(compile(code, str(block.page), "exec"), names)


def hold_json(block: Block, _: dict[str, Any]) -> None:
    import json

    json.loads(block.text)


# ---- commands ----


def lines(block: Block) -> Iterator[str]:
    """Commands, one by one: lines that go on are put together; a console's lines without a dollar sign are its output."""
    text = block.text.replace("\\\n", " ")
    for line in text.splitlines():
        if block.language == "console":
            if line.startswith("$ "):
                yield line[2:]
        elif line.strip() and not line.startswith("#"):
            yield line


def run_shell(block: Block, _: dict[str, Any]) -> None:
    for line in lines(block):
        words = shlex.split(line.rstrip("& "), comments=True)
        where = f"{block.place}: {line}"
        program = Path(words[0]).name
        if program == "osea":
            hold_command(words, line, where)
        else:
            assert program in OTHERS or words[0].startswith(".venv/bin/"), where
            hold_other(program, words[1:], where)


def treated(words: list[str], line: str) -> str:
    """What becomes of a command: run; or parsed alone, being slow or about a reader's own file, named in capitals."""
    capitals = {w for word in words[1:] for w in re.findall(r"\b[A-Z]{3,}\b|…", word)} - PROPELLANTS
    if capitals or "[" in line.split("#")[0]:
        return "a reader's own file"
    return "slow" if any(" ".join(words).startswith(s) for s in SLOW) and "--help" not in words else "run"


def hold_command(words: list[str], line: str, where: str) -> None:
    """Parse the command; run it, too, unless it is slow or stands for a reader's own file."""
    command = " ".join(words)
    assert [
        w for w in words if w.startswith(("examples/", "standard/")) and "build" not in w and not Path(w).exists()
    ] == [], where
    how = treated(words, line)
    if "--install-completion" in words:  # acts while it is parsed, on the shell of whoever runs the tests
        assert any("--install-completion" in p.opts for p in command_line().params), where
    elif how == "a reader's own file":
        parse([re.sub(r"[\[\]|…]", "", w) for w in words[1:] if w not in ("|", "…")], where)
    elif how == "slow":
        parse(words[1:], where)
    else:
        expected = {int(n) for n in re.findall(r"exit (\d)", line)} or {0}
        began = time.process_time()
        with pytest.raises(SystemExit) as end:
            main(words[1:])
        print(f"{time.process_time() - began:.1f} s: {command}", file=sys.stderr)
        assert end.value.code in expected, where


def parse(arguments: list[str], where: str) -> None:
    """Hold a command against the real command line: its name, its options, the types of their values."""
    from osea_rocket.cli.app import app

    try:
        context = (command := command_line()).make_context("osea", list(arguments))
        while hasattr(command, "commands"):
            name, command, arguments = command.resolve_command(context, [*context._protected_args, *context.args])
            context = command.make_context(name, list(arguments), parent=context)
    except Exception as error:
        told = error.format_message() if hasattr(error, "format_message") else str(error)  # type: ignore[attr-defined]
        if not (type(error).__name__ == "Exit" or "does not exist" in told):  # a reader's file is not here
            pytest.fail(f"{where}: {told}")
    assert app is not None


@cache
def command_line() -> Any:
    import typer

    with pytest.raises(SystemExit):
        main(["--version"])  # registers the commands
    from osea_rocket.cli.app import app

    return typer.main.get_command(app)


def hold_other(program: str, words: list[str], where: str) -> None:
    if program == "cd":
        os.chdir(words[0])
    if program == "make":
        folder = ROOT / words[words.index("-C") + 1] if "-C" in words else ROOT
        text = (folder / "Makefile").read_text(encoding="utf-8")
        targets = [w for w in words if w not in ("-C", str(folder.relative_to(ROOT))) and "=" not in w]
        assert [t for t in targets if not re.search(rf"^{re.escape(t)}:", text, re.MULTILINE)] == [], where
    if program == "python" and words[0].endswith(".py"):
        assert (ROOT / words[0]).is_file(), where
    if program == "pip":
        extras = re.findall(r"osea-rocket\[(\w+)\]", " ".join(words))
        project = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
        assert extras and all(re.search(rf"^{e} = \[", project, re.MULTILINE) for e in extras), where


# ---- YAML ----


@cache
def validator(kind: str) -> Any:
    import json

    made = {name: json.loads(text) for name, text in schema_files().items()}
    schema = made[f"{kind}-v1.schema.json"]
    return jsonschema_rs.Draft202012Validator(schema, retriever=lambda uri: made[uri.rsplit("/", 1)[-1]]), schema


class Yaml12(yaml.SafeLoader):
    """As editors read YAML: dates are texts."""


Yaml12.yaml_implicit_resolvers = {
    letter: [(tag, rx) for tag, rx in rules if tag != "tag:yaml.org,2002:timestamp"]
    for letter, rules in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def hold_yaml(block: Block, _: dict[str, Any]) -> None:
    """A whole document fits its schema; of a piece, every field that is there (what is missing is not its fault)."""
    data = yaml.load(block.text, Yaml12)
    piece = re.search(r"<!-- piece of: osea/([a-z-]+)/v1 -->", block.comment)
    kind = piece[1] if piece else re.fullmatch(r"osea/([a-z-]+)/v1", data.get("schema", ""))[1]  # type: ignore[index]
    errors = [
        f"{'.'.join(map(str, error.instance_path))}: {error.message[:200]}"
        for error in validator(kind)[0].iter_errors(data)
        if not (piece and not list(error.instance_path) and "required" in error.message)
    ]
    assert errors == [], f"{block.place}: {errors}"
    (Path.cwd() / "block.yaml").write_text(block.text, encoding="utf-8")


# ---- C ----


def compile_c(block: Block, _: dict[str, Any]) -> None:
    """The C of the page's last YAML block, made by `osea avionics build`; the page's lines compile against it."""
    import subprocess

    compiler = shutil.which("gcc") or shutil.which("cc")
    if compiler is None:
        pytest.skip("no C compiler")
    with pytest.raises(SystemExit) as end:
        main(["avionics", "build", "block.yaml", "--only", "c99", "--out", "made"])
    assert end.value.code == 0
    includes = [line for line in block.text.splitlines() if line.startswith("#include")]
    body = [line for line in block.text.splitlines() if not line.startswith("#include")]
    source = "\n".join([*includes, "int main(void) {", *body, "return 0; }"])
    Path("made/page.c").write_text(source, encoding="utf-8")
    flags = ["-std=c99", "-Wall", "-Wextra", "-Wno-unused-variable", "-Werror", "-fsyntax-only"]
    done = subprocess.run([compiler, *flags, "page.c"], cwd="made", capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{block.place}: {done.stderr}"
