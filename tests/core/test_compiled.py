"""The door to numba: its cache is keyed by the package's sources."""

import os
import subprocess
import sys
from pathlib import Path

from osea_rocket.core import compiled

PROGRAM = """
import sys
from osea_rocket.core.compiled import compiled, source_hash
from osea_rocket.core.earth import geodetic_from_ecef
fast = compiled(geodetic_from_ecef)
fast(6.4e6, 0.0, 0.0)
print(source_hash(), sum(fast.stats.cache_hits.values()))
"""


def test_compiled_code_is_kept_under_the_hash_of_the_sources(tmp_path):
    environment = os.environ | {"XDG_CACHE_HOME": str(tmp_path)}

    def run() -> list[str]:
        done = subprocess.run(
            [sys.executable, "-c", PROGRAM], env=environment, capture_output=True, text=True, check=True, cwd=tmp_path
        )
        return done.stdout.split()

    digest, hits = run()
    assert digest == compiled.source_hash() and hits == "0"
    assert [p.name for p in (tmp_path / "osea_rocket").iterdir()] == [digest]
    assert any(p.suffix == ".nbc" for p in (tmp_path / "osea_rocket" / digest).rglob("*"))
    assert run() == [digest, "1"]  # the second process compiles nothing


def test_the_hash_sees_an_edit_anywhere_in_the_packages_and_nowhere_else(tmp_path, monkeypatch):
    for name in ("core", "core/deep", "tests", ".venv/lib", "out"):
        (tmp_path / name).mkdir(parents=True)
    for name in ("__init__.py", "core/__init__.py", "core/compiled.py", "core/deep/__init__.py", "core/deep/x.py"):
        (tmp_path / name).write_text("a = 1\n")
    monkeypatch.setattr(compiled, "__file__", str(tmp_path / "core" / "compiled.py"))

    def digest() -> str:
        compiled.source_hash.cache_clear()
        return compiled.source_hash()

    try:
        first = digest()
        for name in ("tests/test_x.py", ".venv/lib/y.py", "out/z.py", "core/notes.md"):
            (tmp_path / name).write_text("changed")
        assert digest() == first
        seen = {first}
        for name in ("core/deep/x.py", "core/compiled.py", "__init__.py"):
            (tmp_path / name).write_text("a = 2\n")
            seen.add(digest())
        (tmp_path / "core" / "deep" / "x.py").rename(tmp_path / "core" / "deep" / "y.py")
        seen.add(digest())
        assert len(seen) == 5
    finally:
        monkeypatch.undo()
        compiled.source_hash.cache_clear()


def test_only_one_file_imports_numba():
    root = Path(compiled.__file__).parent.parent
    packages = [p.parent for p in root.glob("*/__init__.py")]
    found = [f for p in packages for f in p.rglob("*.py") if "import numba" in f.read_text(encoding="utf-8")]
    assert found == [root / "core" / "compiled.py"]
