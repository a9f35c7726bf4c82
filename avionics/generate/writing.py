"""Generated texts into a folder."""

import os
import tempfile
from collections.abc import Mapping
from pathlib import Path

from ...core.errors import InputError


def write_files(files: Mapping[str, str], folder: Path) -> None:
    """Write texts by name into *folder*, which is made when missing; files of the same names are replaced, each whole.

    Raises InputError when a file is in the folder's place.
    """
    if folder.exists() and not folder.is_dir():
        raise InputError(f"'{folder}' is a file; --out names a folder")
    folder.mkdir(parents=True, exist_ok=True)
    mask = os.umask(0)
    os.umask(mask)
    for name, text in files.items():
        with tempfile.NamedTemporaryFile("w", dir=folder, delete=False, encoding="utf-8", newline="\n") as file:
            file.write(text)
        Path(file.name).chmod(0o666 & ~mask)
        Path(file.name).replace(folder / name)
