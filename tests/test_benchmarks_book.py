"""The book of benchmarks: every table that a benchmark writes is in it, with its command and its peers' versions."""

import re
import subprocess
import sys
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parent.parent


def test_every_table_is_in_the_book_and_every_command_is_a_file():
    entries = yaml.safe_load((ROOT / "benchmarks/benchmarks.yaml").read_text(encoding="utf-8"))
    assert {e["page"] for e in entries} == {f.name for f in (ROOT / "benchmarks").glob("*.md")}
    for entry in entries:
        assert (ROOT / entry["command"].split()[1]).is_file(), entry["command"]
        assert all((ROOT / "benchmarks/peers" / p).is_file() for p in entry["peers"])


def test_the_page_names_peers_with_versions():
    code = "import sys; sys.path.insert(0, 'benchmarks'); import book; print(book.page())"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert re.search(r"rocketpy \d+\.\d+", done.stdout) and done.stdout.count("\n## ") >= 13
