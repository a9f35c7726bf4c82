"""CCSDS messages from files and to files, KVN or XML as the content says."""

from pathlib import Path

from ...core.errors import InputError
from .kvn_reader import read_kvn
from .message import Message
from .xml_reader import read_xml

LARGEST = 1 << 30  # bytes; an OEM of a year at one state a second has a third of it


def read_messages(path: str | Path, *, lenient: bool = False) -> tuple[Message, ...]:
    """Every message of a file (an XML `ndm` holds several, all others one).

    lenient: a message that contradicts its own tables is read with warnings; what is not to be understood is refused always.
    Raises InputError with file and line for each problem.
    """
    path = Path(path)
    try:
        if path.stat().st_size > LARGEST:
            raise InputError(f"the file is larger than {LARGEST >> 20} MiB", where=str(path))
        data = path.read_bytes()
    except OSError as error:
        raise InputError(f"cannot read '{path}': {error.strerror}") from None
    return parse_messages(data, str(path), lenient=lenient)


def parse_messages(data: bytes, file: str = "message", *, lenient: bool = False) -> tuple[Message, ...]:
    """Every message of a file's content; `file` is named in errors. Raises InputError."""
    if data.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<"):
        return read_xml(data, file, lenient=lenient)
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise InputError(
            "this is no text of a CCSDS message: it is neither ASCII nor UTF-8", where=f"{file}:{line}"
        ) from None
    return (read_kvn(text, file, lenient=lenient),)
