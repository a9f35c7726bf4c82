"""The door to numba: its cache is keyed by the sources that a function's file depends on."""

import os
import subprocess
import sys
from pathlib import Path

from osea_rocket.core import compiled, source_closure

PROGRAM = """
import sys
from osea_rocket.core import earth
from osea_rocket.core.compiled import cache_folder, compiled, is_kept
fast = compiled(earth.geodetic_from_ecef)
before = is_kept(earth.__file__, "geodetic_from_ecef")
fast(6.4e6, 0.0, 0.0)
hits = sum(fast.stats.cache_hits.values())
print(cache_folder(earth.__file__).name, before, hits, is_kept(earth.__file__, "geodetic_from_ecef"))
"""


def test_compiled_code_is_kept_under_the_hash_of_the_sources(tmp_path):
    environment = os.environ | {"XDG_CACHE_HOME": str(tmp_path)}

    def run() -> list[str]:
        done = subprocess.run(
            [sys.executable, "-c", PROGRAM], env=environment, capture_output=True, text=True, check=True, cwd=tmp_path
        )
        return done.stdout.split()

    digest, before, hits, after = run()
    assert (before, hits, after) == ("False", "0", "True")
    assert digest == source_closure.closure_hash(source_closure.ROOT / "core" / "earth.py")
    assert [p.name for p in (tmp_path / "osea_rocket").iterdir()] == [digest]
    assert run() == [digest, "True", "1", "True"]  # the second process compiles nothing


def package(tmp_path: Path, sources: dict[str, str]) -> Path:
    for name, text in sources.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    for folder in {p.parent for p in tmp_path.rglob("*.py")}:
        (folder / "__init__.py").touch()
    (tmp_path / "__init__.py").touch()
    return tmp_path


SOURCES = {
    "core/base.py": "a = 1\n",
    "core/deep/x.py": "from ..base import a\n",
    "flight/loop.py": "from . import parts\nfrom ..core.deep.x import (\n    a,  # a word\n    b,\n)\n",
    "flight/parts.py": "def late():\n    from ..core import other\n",
    "core/other.py": "c = 1\n",
    "flight/unrelated.py": "d = 1\n",
}


def test_the_hash_sees_what_a_file_imports_and_nothing_else(tmp_path):
    root = package(tmp_path, SOURCES)

    def digest(file: str = "flight/loop.py") -> str:
        source_closure._content.cache_clear()
        source_closure._imported.cache_clear()
        return source_closure.closure_hash(root / file, root)

    seen = {digest()}
    (root / "flight" / "unrelated.py").write_text("d = 2\n")
    (root / "notes.md").write_text("changed")
    assert digest() in seen
    for name in (
        "core/base.py",
        "core/deep/x.py",
        "flight/parts.py",
        "core/other.py",
        "core/__init__.py",
        "flight/loop.py",
    ):
        (root / name).write_text(SOURCES.get(name, "") + "e = 3\n")
        assert digest() not in seen, name
        seen.add(digest())


def test_a_file_outside_depends_on_the_whole_package(tmp_path):
    root = package(tmp_path / "package", SOURCES)
    user, other = tmp_path / "user.py", root / "tests" / "test_x.py"
    user.write_text("")

    def digest() -> str:
        source_closure._content.cache_clear()
        return source_closure.closure_hash(user, root)

    first = digest()
    other.parent.mkdir()
    other.write_text("no package: it has no __init__.py")
    assert digest() == first
    (root / "flight" / "unrelated.py").write_text("d = 2\n")
    assert digest() != first


def test_only_one_file_imports_numba():
    root = Path(compiled.__file__).parent.parent
    packages = [p.parent for p in root.glob("*/__init__.py")]
    found = [f for p in packages for f in p.rglob("*.py") if "import numba" in f.read_text(encoding="utf-8")]
    assert found == [root / "core" / "compiled.py"]
