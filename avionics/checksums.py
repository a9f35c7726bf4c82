"""The checksums of messages and frames."""

import binascii
import zlib
from collections.abc import Callable
from functools import reduce
from operator import xor


def crc16_ccitt(data: bytes | bytearray | memoryview) -> int:
    """CCSDS' frame error control (132.0-B-3 §4.1.6.2): x^16+x^12+x^5+1, begun with ones; b"123456789" gives 0x29B1."""
    return binascii.crc_hqx(data, 0xFFFF)


def xor8(data: bytes | bytearray | memoryview) -> int:
    """All octets combined by exclusive or."""
    return reduce(xor, data, 0)


# name → (function, octets)
CHECKSUMS: dict[str, tuple[Callable[..., int], int]] = {
    "crc16-ccitt": (crc16_ccitt, 2),
    "crc32": (zlib.crc32, 4),
    "xor8": (xor8, 1),
}
