"""The rules of conftest.py themselves: the compiler's, and the guard against modules loaded twice."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

CONFTEST = Path(__file__).with_name("conftest.py")

C_TESTS = """
import pytest

def test_compiles(c_compiler):
    assert c_compiler

@pytest.mark.c_compiler
def test_skips_itself():
    pytest.skip("for a reason of its own")
"""


def run(folder: Path, tests: str, **environment: str) -> tuple[int, str]:
    """pytest's exit code and output on *tests* with our conftest, in a process of its own."""
    shutil.copy(CONFTEST, folder / "conftest.py")
    (folder / "pytest.ini").write_text(
        "[pytest]\nmarkers = c_compiler: uses the compiler\naddopts = -p no:cacheprovider\n"
    )
    (folder / "test_them.py").write_text(tests)
    clean = {k: v for k, v in os.environ.items() if not k.startswith(("PYTEST", "OSEA"))}
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-rs"],
        cwd=folder,
        env=clean | environment,
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout


def test_without_a_compiler_c_tests_are_skipped_and_where_one_is_required_they_fail(tmp_path):
    (tmp_path / "bin").mkdir()
    nowhere = {"PATH": str(tmp_path / "bin")}
    code, output = run(tmp_path, C_TESTS, **nowhere)
    assert code == 0 and "2 skipped" in output
    code, output = run(tmp_path, C_TESTS, OSEA_REQUIRE_COMPILER="1", **nowhere)
    assert code == 1 and "skipped" not in output.splitlines()[-1]
    # there, a C test may not skip itself for another reason either
    compiler = tmp_path / "bin" / "cc"
    compiler.write_text("#!/bin/sh\n")
    compiler.chmod(0o755)
    code, output = run(tmp_path, C_TESTS, OSEA_REQUIRE_COMPILER="1", **nowhere)
    assert code == 1 and "1 failed, 1 passed" in output


@pytest.mark.parametrize(("second", "expected"), [("osea_rocket.core.errors", 0), ("core.errors", 1)])
def test_a_module_loaded_under_two_names_makes_the_session_red(tmp_path, second, expected):
    root = tmp_path / "project"
    (root / "core").mkdir(parents=True)
    (root / "tests").mkdir()
    (root / "core" / "__init__.py").touch()
    (root / "core" / "errors.py").touch()
    (root / "__init__.py").touch()
    (tmp_path / "osea_rocket").symlink_to(root)
    code, output = run(
        root / "tests",
        f"import sys\nsys.path[:0] = [{str(tmp_path)!r}, {str(root)!r}]\n"
        "for name in [n for n in sys.modules if n.startswith('osea_rocket')]:\n    del sys.modules[name]\n"
        f"import osea_rocket.core.errors\nimport {second}\ndef test_it(): pass\n",
    )
    assert code == expected, output
    assert ("core/errors.py: core.errors, osea_rocket.core.errors" in output) == bool(expected)
