"""Where what can be made again is kept between runs."""

import os
from pathlib import Path


def cache_home() -> Path:
    """The user's folder of this package's caches, which may not be there yet (XDG Base Directory Specification 0.8)."""
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "osea_rocket"
