"""What every test shares: hypothesis' profiles, the compiler's rule, and the guard against modules loaded twice."""

import os
import shutil
import sys
from collections.abc import Generator
from pathlib import Path

import hypothesis
import pytest

ROOT = Path(__file__).resolve().parent.parent

# A slow machine is no failure; in CI the same examples every time, so that a red run can be made again.
hypothesis.settings.register_profile("local", deadline=None)
hypothesis.settings.register_profile("ci", deadline=None, derandomize=True, print_blob=True)
hypothesis.settings.load_profile("ci" if os.environ.get("CI") else "local")


@pytest.fixture(scope="session")
def c_compiler() -> str:
    """The C compiler's command. Without one the test is skipped, or fails under OSEA_REQUIRE_COMPILER=1."""
    for name in ("cc", "gcc", "clang"):
        if found := shutil.which(name):
            return found
    if os.environ.get("OSEA_REQUIRE_COMPILER") == "1":
        pytest.fail("no C compiler (cc, gcc or clang), and OSEA_REQUIRE_COMPILER=1 asks for one", pytrace=False)
    pytest.skip("no C compiler (cc, gcc or clang)")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Where a compiler is required, a C test that was skipped for any reason has failed."""
    report = yield
    if report.skipped and "c_compiler" in item.keywords and os.environ.get("OSEA_REQUIRE_COMPILER") == "1":
        report.outcome = "failed"
    return report


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """A test that uses the compiler carries the marker of the same name: ``pytest -m c_compiler``."""
    for item in items:
        if "c_compiler" in getattr(item, "fixturenames", ()):
            item.add_marker("c_compiler")


def loaded_twice() -> list[str]:
    """Modules of ours in memory under two names, such as ``core.x`` and ``osea_rocket.core.x``: two of every class."""
    names: dict[str, set[str]] = {}
    root = ROOT / "__init__.py"  # pytest makes it the parent of the tests, under the clone's name; it imports nothing
    for name, module in list(sys.modules.items()):
        file = getattr(module, "__file__", None)
        path = Path(file).resolve() if file else None
        if (
            path
            and path != root
            and path.is_relative_to(ROOT)
            and not {".venv", "tests"} & set(path.relative_to(ROOT).parts)
        ):
            names.setdefault(str(path.relative_to(ROOT)), set()).add(name)
    return [f"{file}: {', '.join(sorted(found))}" for file, found in sorted(names.items()) if len(found) > 1]


def pytest_sessionfinish(session: pytest.Session) -> None:
    """The whole session is red when a module was loaded under two names, by whichever test."""
    if twice := loaded_twice():
        reporter = session.config.pluginmanager.get_plugin("terminalreporter")
        if reporter:
            reporter.write_line("")
            reporter.write_line("loaded under two names (import osea_rocket.…, nothing else):", red=True)
            for line in twice:
                reporter.write_line(f"  {line}", red=True)
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
