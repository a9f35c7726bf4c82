"""How long `import osea_rocket` and `osea --help` take, against their limits: `python benchmarks/startup.py`.

Each is the median of nine fresh processes. Exit code 1 when a limit is passed; no test asserts these, since a test
machine may be busy.
"""

import statistics
import subprocess
import sys
import time
from pathlib import Path

RUNS = 9
IMPORT = "import time; t = time.perf_counter(); import osea_rocket; print(time.perf_counter() - t)"
OSEA = Path(sys.executable).with_name("osea")


def import_seconds() -> float:
    """Seconds of the import statement itself, without Python's own start."""
    return float(subprocess.run([sys.executable, "-c", IMPORT], capture_output=True, text=True, check=True).stdout)


def help_seconds() -> float:
    """Seconds from the call of the command to its end."""
    start = time.perf_counter()
    subprocess.run([OSEA, "--help"], capture_output=True, check=True)
    return time.perf_counter() - start


def main() -> int:
    """Print the table."""
    passed = True
    for name, limit, measure in [("import osea_rocket", 0.1, import_seconds), ("osea --help", 0.4, help_seconds)]:
        measure()  # the first one warms the disk
        median = statistics.median(measure() for _ in range(RUNS))
        passed &= median <= limit
        print(f"{name:<20} {median:7.3f} s   limit {limit} s   {'ok' if median <= limit else 'TOO SLOW'}")
    return 0 if passed else 1


if __name__ == "__main__":
    sys.exit(main())
