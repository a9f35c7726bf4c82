"""How long things take on this machine, each as a whole process: bounds that we set ourselves."""

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from .comparison import Comparison
from .falcon9 import EXAMPLE

GROUP = "Speed on this machine"
SOURCE = "own bound"


def comparisons() -> list[Comparison]:
    """Import, help, and the Falcon 9 study from a cold start (empty cache folders) and warm; best of three for the short."""
    rows = [
        _row("import osea_rocket (beyond Python's own start)", 0.1, _best("import osea_rocket") - _best("pass")),
        _row("osea --help", 0.4, _best("import sys; sys.argv = ['osea', '--help']; "
                                       "from osea_rocket.cli.main import main; main()")),
    ]  # fmt: skip
    if EXAMPLE.is_file():
        with tempfile.TemporaryDirectory() as home:
            environment = {
                "HOME": home,
                "XDG_CACHE_HOME": str(Path(home) / "cache"),
                "MPLCONFIGDIR": str(Path(home) / "mpl"),
            }
            command = (
                f"import sys; sys.argv = ['osea', 'design', {str(EXAMPLE)!r}, '--quiet', '--out', {home + '/out'!r}]; "
            )
            command += "from osea_rocket.cli.main import main; main()"
            rows.append(_row("osea design examples/falcon9, cold (empty caches)", 60.0, _time(command, environment)))
            rows.append(_row("osea design examples/falcon9, warm", 20.0, _time(command, environment)))
    return rows


def _row(quantity: str, bound: float, seconds: float) -> Comparison:
    return Comparison(GROUP, quantity, "s", bound, SOURCE, "read", ours=max(seconds, 0.0), kind="at most", digits=2)


def _best(code: str) -> float:
    return min(_time(code) for _ in range(3))


def _time(code: str, environment: dict[str, str] | None = None) -> float:
    begun = time.perf_counter()
    subprocess.run(  # noqa: S603  our own interpreter and code
        [sys.executable, "-c", code], check=True, capture_output=True, env=os.environ | (environment or {})
    )
    return time.perf_counter() - begun
