"""`make docs`: put the pages together, write the reference's pages, and let Sphinx make the site. No network is used.

The pages keep their places and their links; what they link to that is no page (a YAML file, a schema) goes along. Warnings are
errors: a link that leads nowhere, a formula that cannot be read, a page that no other names.
"""

import argparse
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import command_pages
import example_pages
import reference
import schema_pages

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
PAGES = (
    "README.md", "README.zh.md", "CONTRIBUTING.md", "CHANGELOG.md", "docs/*.md", "docs/tutorials/*.md", "docs/how-to/*.md",
    "docs/theory/*.md", "standard/**/*.md", "catalogue/README.md", "examples/*/README.md", "benchmarks/*.md",
)  # fmt: skip
LINK = re.compile(r"(!?\[[^\]]*\]\()([^)\s]+)(\))")


def main() -> int:
    """Make the site; Sphinx's exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=ROOT / "out/site")
    out = parser.parse_args().out
    source = out.with_name(out.name + "-source")
    assemble(source)
    sphinx = [sys.executable, "-m", "sphinx", "-W", "--keep-going", "-q", "-j", "2", "-b", "html", "-c", str(HERE)]
    done = subprocess.run([*sphinx, str(source), str(out)], cwd=HERE, check=False)  # noqa: S603  our own command
    if done.returncode == 0:
        print(f"{out}/index.html")
    return done.returncode


def assemble(source: Path) -> None:
    """Write the tree that Sphinx reads; a page that did not change keeps its time, so that Sphinx does not read it again."""
    pages = {
        str(f.relative_to(ROOT)): f.read_text(encoding="utf-8") for pattern in PAGES for f in sorted(ROOT.glob(pattern))
    }
    pages["index.md"] = (HERE / "index.md").read_text(encoding="utf-8")
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    written = {
        **reference.pages(ROOT, project["tool"]["setuptools"]["packages"]),
        **command_pages.pages(ROOT),
        **schema_pages.pages(ROOT),
        **example_pages.pages(ROOT),
    }
    pages |= written | _contents(written) | _children(pages | written)
    files: set[Path] = set()
    made = {name: _linked(name, text, pages, files) for name, text in pages.items()}
    kept = {source / name for name in made} | {source / f.relative_to(ROOT) for f in files}
    for stale in [f for f in source.rglob("*") if f.is_file() and f not in kept]:
        stale.unlink()
    for name, text in made.items():
        _write(source / name, text)
    for file in files:
        target = source / file.relative_to(ROOT)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(file, target)


def _contents(written: dict[str, str]) -> dict[str, str]:
    """The front pages of the reference, each with links to its pages.

    Those pages stand in no contents: with all of them in the side bar of every page, the site would take minutes to write.
    """
    fronts = {
        "commands": ("The command line", "Every command, as `osea COMMAND --help` shows it.", r"reference/osea-[^/]*\.md"),
        "python": ("Python", "Public functions and classes, from their docstrings.", r"reference/osea_rocket.*\.md"),
        "documents": ("Documents", "Fields of every kind of definition file, from the JSON Schemas.", r"reference/schemas/.*"),
        "records": ("Records", "Fields of every kind of launch-data record, from the JSON Schemas.", r"reference/records/.*"),
    }  # fmt: skip
    made = {}
    for name, (title, about, pattern) in fronts.items():
        under = [page for page in written if re.fullmatch(pattern, page)]
        links = [f"- [{written[page].partition(chr(10))[0].removeprefix('# ')}](/{page})" for page in under]
        made[f"reference/{name}.md"] = "\n".join([f"# {title}", "", about, "", *links, ""])
        made |= {
            page: f"---\norphan: true\n---\n\n[{title}](/reference/{name}.md)\n\n{written[page]}" for page in under
        }
    return made


def _toctree(pages: list[str], options: str = ":maxdepth: 1") -> str:
    entries = "\n".join("/" + page.removesuffix(".md") for page in pages)
    return f"\n```{{toctree}}\n{options}\n\n{entries}\n```\n"


def _children(pages: dict[str, str]) -> dict[str, str]:
    """Pages that are reached from a page of the contents and stand in none: the contents of that page, hidden."""
    under = {
        "standard/README.md": r"standard/(en|zh)/.*",
        "standard/launch-data/README.md": r"standard/launch-data/(?!README\.md).*",
        "docs/benchmarks.md": r"benchmarks/.*",
        "examples/notebooks/files.md": r"examples/notebooks/(?!files\.md).*",
    }
    return {
        parent: pages[parent] + _toctree([p for p in pages if re.fullmatch(pattern, p)], ":hidden:")
        for parent, pattern in under.items()
        if parent in pages
    }


def _linked(page: str, text: str, pages: dict[str, str], files: set[Path]) -> str:
    """The page with links to folders led to the folder's page; files that it shows or offers are added to ``files``."""

    def lead(match: re.Match[str]) -> str:
        target = match[2].partition("#")[0]
        if not target or "://" in target or target.startswith("mailto:"):
            return match[0]
        place = (ROOT / target[1:] if target.startswith("/") else ROOT / page / ".." / target).resolve()
        name = str(place.relative_to(ROOT)) if place.is_relative_to(ROOT) else ""
        if place.is_dir():
            for front in ("README.md", "files.md"):
                if f"{name}/{front}" in pages:
                    return f"{match[1]}/{name}/{front}{match[3]}"
            return match[1].removesuffix("](").removeprefix("[")  # a folder without a page: its name alone
        if name not in pages and place.is_file():
            files.add(place)
        return match[0]

    return "".join(LINK.sub(lead, part) if i % 2 == 0 else part for i, part in enumerate(_split_code(text)))


def _split_code(text: str) -> Iterator[str]:
    """Text and fenced code, taking turns; links in code are none."""
    yield from re.split(r"(^```(?!\{).*?^```$)", text, flags=re.MULTILINE | re.DOTALL)


def _write(file: Path, text: str) -> None:
    if not file.is_file() or file.read_text(encoding="utf-8") != text:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
