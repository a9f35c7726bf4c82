"""docs/benchmarks.md, put together from the benchmarks' own tables: `python benchmarks/book.py` (`make bench`).

With --run NAME… the benchmarks of those pages (thermo, flight, …) are run first, each by its command; peers are installed by each
benchmark into environments of its own. A page is only as new as its benchmark's last run, and says when and where that was.
"""

import argparse
import importlib.metadata
import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parent.parent
HERE = ROOT / "benchmarks"
PAGE = ROOT / "docs" / "benchmarks.md"
_HEAD = """# Benchmarks

Put together by `make bench` from the tables that each benchmark writes; `python benchmarks/book.py --run NAME` runs one first.
Each table says on which machine, under which load and when it was made. Peers run in environments of their own, by the versions
pinned in `benchmarks/peers/`; what is installed with the development extra is named with its version in `constraints.txt`.

| benchmark | command | peers |
|---|---|---|
"""


def entries() -> list[dict[str, Any]]:
    """The list of benchmarks."""
    return yaml.safe_load((HERE / "benchmarks.yaml").read_text(encoding="utf-8"))


def peers(entry: dict[str, Any]) -> list[str]:
    """Names and versions of the peers, by the files that pin them and by what is installed."""
    found = []
    for file in entry["peers"]:
        for line in (HERE / "peers" / file).read_text(encoding="utf-8").splitlines():
            pinned = re.match(r"([A-Za-z0-9._-]+)(?:\[[^\]]*\])?==(\S+)", line)
            if pinned:
                found.append(f"{pinned[1]} {pinned[2]}")
    pins = dict(
        line.split("==") for line in (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines() if "==" in line
    )
    names = {_plain(name): version for name, version in pins.items()}
    return found + [f"{name} {names[_plain(name)]}" for name in entry["installed"]]


def _plain(name: str) -> str:
    return name.lower().replace("_", "-")


def page() -> str:
    """The whole page."""
    rows = [
        f"| [{e['title']}](#{_anchor(e)}) | `{e['command']}` | {', '.join(peers(e)) or 'none'} |" for e in entries()
    ]
    return _HEAD + "\n".join(rows) + "\n" + "".join(_section(e) for e in entries())


def _anchor(entry: dict[str, Any]) -> str:
    return re.sub(r"[^a-z0-9 -]", "", entry["title"].lower()).replace(" ", "-")


def _section(entry: dict[str, Any]) -> str:
    """A benchmark's own page, its headings one level down, its title replaced."""
    lines = (HERE / entry["page"]).read_text(encoding="utf-8").splitlines()
    body = [f"#{line}" if line.startswith("#") else line for line in lines if not line.startswith("# ")]
    title = next(line.removeprefix("# ") for line in lines if line.startswith("# "))
    return f"\n## {entry['title']}\n\n*{title}*\n" + "\n".join(body).rstrip() + "\n"


def main() -> int:
    """Run what is asked for, then write the page."""
    parser = argparse.ArgumentParser(description=__doc__)
    known = [Path(e["page"]).stem for e in entries()]
    parser.add_argument("--run", nargs="*", default=[], metavar="NAME", choices=[*known, "all"], help=", ".join(known))
    asked = parser.parse_args().run
    failed = []
    for entry in entries():
        if "all" in asked or Path(entry["page"]).stem in asked:
            command = [sys.executable if w == "python" else w for w in shlex.split(entry["command"])]
            print(f"$ {entry['command']}", flush=True)
            if subprocess.run(command, cwd=ROOT, check=False).returncode:
                failed.append(entry["title"])
    PAGE.write_text(page(), encoding="utf-8")
    print(
        f"{PAGE.relative_to(ROOT)}: {len(entries())} benchmarks, OSEA-Rocket {importlib.metadata.version('osea-rocket')}"
    )
    if failed:
        print(f"an aim was missed, or a run failed: {', '.join(failed)}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
