"""The exported C in this process: what the flight computer runs, called from Python.

lander = best_lander(vehicle)      # C where there is a compiler, numba's code of the same functions otherwise
"""

import ctypes
import hashlib
import shutil
import subprocess
import tempfile
from functools import lru_cache
from pathlib import Path

from ...core.caches import cache_home
from . import node as at
from .export import c_sources
from .lander import Lander, LandingVehicle, Vector3

FLAGS = ("-std=c99", "-O2", "-fPIC", "-shared")


@lru_cache
def library() -> ctypes.CDLL | None:
    """The exported C compiled and loaded, kept beside numba's compiled code; None without a C compiler."""
    compiler = next((found for name in ("cc", "gcc", "clang") if (found := shutil.which(name))), None)
    if compiler is None:
        return None
    sources = c_sources()
    key = hashlib.sha256("".join((compiler, *FLAGS, *sources.values())).encode()).hexdigest()[:16]
    home = cache_home()
    made = home / f"osea_landing-{key}.so"
    if not made.is_file():
        home.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=home) as folder:
            for name, text in sources.items():
                Path(folder, name).write_text(text, encoding="utf-8")
            command = [compiler, *FLAGS, "osea_landing.c", "-lm", "-o", "made.so"]
            subprocess.run(command, cwd=folder, check=True, capture_output=True)  # noqa: S603  our own source
            Path(folder, "made.so").replace(made)
    loaded = ctypes.CDLL(str(made))
    doubles = ctypes.POINTER(ctypes.c_double)
    loaded.osea_landing_set_state.argtypes = [doubles, doubles, doubles, ctypes.c_double]
    loaded.osea_landing_solve.argtypes = [doubles]
    loaded.osea_landing_update.argtypes = [doubles, ctypes.c_double]
    return loaded


class NativeLander(Lander):
    """A `Lander` whose solver is the exported C."""

    def __init__(self, vehicle: LandingVehicle) -> None:
        super().__init__(vehicle)
        found = library()
        if found is None:
            raise RuntimeError("no C compiler (cc, gcc or clang) is here; use Lander")
        self._library = found
        self._pointer = self.work.ctypes.data_as(ctypes.POINTER(ctypes.c_double))

    def _place(self, position: Vector3, velocity: Vector3, mass: float) -> None:
        three = ctypes.c_double * 3
        answer = self._library.osea_landing_set_state(self._pointer, three(*position), three(*velocity), float(mass))
        if answer != 0:
            raise ValueError("a state is three metres, three metres a second and a mass above nought, all finite")

    def _solve(self) -> int:
        return self._library.osea_landing_solve(self._pointer)

    def _update(self, elapsed: float) -> int:
        return self._library.osea_landing_update(self._pointer, elapsed)


def best_lander(vehicle: LandingVehicle) -> Lander:
    """The C where there is a compiler, else the same functions by numba."""
    return Lander(vehicle) if library() is None else NativeLander(vehicle)


def read_command(lander: Lander, time: float) -> tuple[float, float, float, float]:
    """The plan's thrust acceleration [m/s^2] (three components) and its thrust [N] at a time [s] since its state."""
    import numpy as np

    from .landing import read_plan

    w = lander.work
    read_plan(w, time, at.SCRATCH)
    x, y, z = w[at.SCRATCH + at.U : at.SCRATCH + at.U + 3]
    return float(x), float(y), float(z), float(w[at.SCRATCH + at.SIGMA] * np.exp(w[at.SCRATCH + at.LOG_MASS]))
