"""An OpenRocket file as a tree: a zip with one XML file, the same gzipped, or plain XML. Files may be hostile.

Nothing is unpacked to disk, so that names inside lead nowhere; sizes are bounded while reading, whatever headers say.
"""

import gzip
import zipfile
import zlib
from io import BytesIO
from pathlib import Path
from typing import IO

from ...core.errors import InputError
from ...launch_data.ccsds.xml_tree import Node, parse_xml

LARGEST = 30_000_000  # bytes, of the file and of its XML
DEEPEST = 60


def read_ork(path: Path) -> Node:
    """The root element `openrocket`. Raises InputError for what is none, or is too large."""
    try:
        if path.stat().st_size > LARGEST:
            raise InputError(f"'{path}' has more than {LARGEST // 10**6} MB; no rocket has")
        data = path.read_bytes()
    except OSError as error:
        raise InputError(f"cannot read '{path}': {error.strerror}") from None
    root = parse_xml(_xml(data, path), str(path), deepest=DEEPEST, kind="OpenRocket files")
    if root.tag != "openrocket":
        raise InputError(
            f"the root is <{root.tag}>; an OpenRocket file begins with <openrocket>", where=f"{path}:{root.line}"
        )
    return root


def _xml(data: bytes, path: Path) -> bytes:
    try:
        if data.startswith(b"PK"):
            with zipfile.ZipFile(BytesIO(data)) as archive:
                names = [i.filename for i in archive.infolist() if i.filename.lower().endswith(".ork")]
                if not names:
                    raise InputError(f"'{path}' is a zip without an .ork inside")
                with archive.open(names[0]) as stream:
                    return _bounded(stream, path)
        if data.startswith(b"\x1f\x8b"):
            with gzip.open(BytesIO(data)) as stream:
                return _bounded(stream, path)
    except (zipfile.BadZipFile, EOFError, OSError, RuntimeError, NotImplementedError, zlib.error) as error:
        raise InputError(f"'{path}' is a broken archive: {error}") from None
    return data


def _bounded(stream: IO[bytes] | gzip.GzipFile, path: Path) -> bytes:
    data = stream.read(LARGEST + 1)
    if len(data) > LARGEST:
        raise InputError(f"'{path}' holds more than {LARGEST // 10**6} MB when unpacked; no rocket does")
    return data
