"""Where the packets of a file lie: headers followed one after another, and found again after damage.

Sound packets are followed in Python as long as that costs less than loading numba; damage, and files without end, are
left to the compiled scan.
"""

import binascii
import struct
import sys
from functools import cache
from typing import Any

import numpy as np

MOST_SIZES = 8  # different sizes of messages that share an APID
WORTH_LOADING = 3_000_000  # packets that Python follows in the time that numba takes to load (some 0.8 s)
SHORT = 1 << 14  # octets that the scan takes in about a tenth of a second when it is not compiled
_followed = 0


def crc_tables() -> np.ndarray:
    """Table k: the CRC of an octet followed by k zeros, so that eight octets are taken at a time."""
    tables = np.zeros((8, 256), np.uint32)
    for i in range(256):
        value = i << 8
        for k in range(8):
            for _ in range(8):
                value = (value << 1 ^ (0x1021 if value & 0x8000 else 0)) & 0xFFFF
            tables[k, i] = value
    return tables


def _scan(data, end, sizes, with_crc, table, offsets, keys, rejects):
    """Fill *offsets* and *keys* of the packets found among the first *end* octets → how many.

    rejects: stretches lost for a header, for a checksum, cut off; octets skipped. A packet with a wrong checksum is
    passed over as a whole when a header follows it; when none does, its length was not to be trusted, and the search
    goes on from its second octet.
    """
    at = 0
    n = 0
    lost = False
    doubtful = -1  # where the search resumes when no header follows a packet with a wrong checksum
    while at < end:
        size = 0
        key = 0
        idle = False
        if at + 6 <= end:
            word = data[at] * 256 + data[at + 1]
            if word >> 13 == 0:
                length = data[at + 4] * 256 + data[at + 5] + 7
                key = (word >> 12 & 1) * 2048 + (word & 0x7FF)
                if word & 0x7FF == 0x7FF:
                    # noise may look like one, and would take up to 65542 octets with it: a header must follow
                    after = at + length
                    idle = word & 0x800 == 0 and data[at + 2] >> 6 == 3
                    if idle and after + 6 <= end:
                        next_word = data[after] * 256 + data[after + 1]
                        next_length = data[after + 4] * 256 + data[after + 5] + 7
                        next_key = (next_word >> 12 & 1) * 2048 + (next_word & 0x7FF)
                        idle = next_word & 0xEFFF == 0x7FF and data[after + 2] >> 6 == 3
                        for k in range(sizes.shape[1]):
                            if next_word >> 13 == 0 and sizes[next_key, k] == next_length:
                                idle = True
                    if idle:
                        size = length
                else:
                    for k in range(sizes.shape[1]):
                        if sizes[key, k] == length:
                            size = length
        if doubtful >= 0:
            if size == 0:
                rejects[3] -= at - doubtful
                at = doubtful
                doubtful = -1
                lost = True
                continue
            doubtful = -1
        if size > 0 and at + size <= end:
            good = True
            if not idle and with_crc[key]:
                crc = np.uint32(0xFFFF)
                i = at
                while i + 8 <= at + size:
                    high = table[7, crc >> np.uint32(8) ^ data[i]] ^ table[6, crc & np.uint32(0xFF) ^ data[i + 1]]
                    middle = table[5, data[i + 2]] ^ table[4, data[i + 3]] ^ table[3, data[i + 4]]
                    crc = high ^ middle ^ table[2, data[i + 5]] ^ table[1, data[i + 6]] ^ table[0, data[i + 7]]
                    i += 8
                while i < at + size:
                    crc = (crc << np.uint32(8) & np.uint32(0xFFFF)) ^ table[0, crc >> np.uint32(8) ^ data[i]]
                    i += 1
                good = crc == 0
            if good:
                if not idle:
                    offsets[n] = at
                    keys[n] = key
                    n += 1
                at += size
                lost = False
                continue
            if not lost:
                rejects[1] += 1
            lost = False
            doubtful = at + 1
            rejects[3] += size
            at += size
            continue
        if not lost:
            rejects[0 if size == 0 else 2] += 1
            lost = True
        rejects[3] += 1
        at += 1
    return n


@cache
def _compiled_scan() -> Any:
    from ..core.compiled import compiled

    return compiled(_scan), crc_tables()


def _follow(data: memoryview, sizes: dict[int, set[int]], with_crc: set[int]) -> tuple[list[int], int]:
    """(offsets, octets done) of sound packets from the first octet on, up to whatever is not one."""
    known: dict[
        tuple[int, int], tuple[int, bool]
    ] = {}  # first word and length field → octets, whether a checksum ends them
    for key, lengths in sizes.items():
        for second in (0, 1):
            word = key >> 11 << 12 | second << 11 | key & 0x7FF
            known |= {(word, length - 7): (length, key in with_crc) for length in lengths}
    offsets: list[int] = []
    take, read, crc = offsets.append, struct.Struct(">H2xH").unpack_from, binascii.crc_hqx
    at, end = 0, len(data)
    while True:
        try:
            while True:  # whether the packet ends within the data is asked afterwards
                size, has_crc = known[read(data, at)]
                if has_crc and crc(data[at : at + size], 0xFFFF):
                    break
                take(at)
                at += size
        except (KeyError, struct.error):
            pass
        if at > end:
            at = offsets.pop()
        if at + 6 > end or (data[at] << 8 | data[at + 1]) & 0xEFFF != 0x7FF or data[at + 2] >> 6 != 3:
            return offsets, at
        after = at + (data[at + 4] << 8 | data[at + 5]) + 7  # an idle packet, if a header follows
        if after > end or (after + 6 <= end and not _is_header(data, after, known)):
            return offsets, at
        at = after


def _is_header(data: memoryview, at: int, known: dict[tuple[int, int], Any]) -> bool:
    word = data[at] << 8 | data[at + 1]
    idle = word & 0xEFFF == 0x7FF and data[at + 2] >> 6 == 3
    return idle or (word, data[at + 4] << 8 | data[at + 5]) in known


def _numba_is_better() -> bool:
    """Whether the compiled scan is at hand, or so much has been followed in Python that it is time to load it."""
    if _followed >= WORTH_LOADING or _compiled_scan.cache_info().currsize:
        return True
    if "numba" not in sys.modules:
        return False
    from ..core.compiled import is_kept

    return is_kept(__file__, "_scan")


def scan(data: np.ndarray, sizes: dict[int, set[int]], with_crc: set[int]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """(offsets, keys, rejects) of the packets in *data* (uint8).

    A key is type · 2048 + APID. sizes: the octets a packet of each key may have; with_crc: keys whose packets all end in
    the CCSDS checksum. rejects: stretches lost for their header, for their checksum, cut off at the end; octets skipped.
    """
    global _followed
    for key, known in sizes.items():
        if len(known) > MOST_SIZES:
            raise ValueError(f"APID {key & 0x7FF} has messages of {len(known)} sizes; {MOST_SIZES} at most")
    found: list[tuple[np.ndarray, np.ndarray]] = []
    at = 0
    if not _numba_is_better():
        followed, at = _follow(data.data, sizes, with_crc)
        _followed += len(followed)
        offsets = np.array(followed, np.int64)
        first = data[offsets].astype(np.int16)
        found.append((offsets, (first >> 4 & 1) << 11 | (first & 7) << 8 | data[offsets + 1]))
        if at == data.size:
            return *found[0], np.zeros(4, np.int64)
    table = np.zeros((4096, max(map(len, sizes.values()), default=1)), np.int64)
    for key, known in sizes.items():
        table[key, : len(known)] = sorted(known)
    flags = np.zeros(4096, np.bool_)
    flags[list(with_crc)] = True
    rest = data[at:]
    least = min((min(known) for known in sizes.values()), default=7)
    offsets, keys = np.empty(rest.size // least + 1, np.int64), np.empty(rest.size // least + 1, np.int16)
    rejects = np.zeros(4, np.int64)
    if found and rest.size <= SHORT:
        n = _scan(rest.tolist(), rest.size, table, flags, crc_tables(), offsets, keys, rejects)
    else:
        run, crc_table = _compiled_scan()
        n = run(rest, rest.size, table, flags, crc_table, offsets, keys, rejects)
    found.append((offsets[:n] + at, keys[:n]))
    offsets, keys = found[-1] if len(found) == 1 else map(np.concatenate, zip(*found, strict=True))
    return offsets, keys, rejects


def rows_at(data: np.ndarray, offsets: np.ndarray, size: int) -> np.ndarray:
    """The packets at *offsets* as the rows, of *size* octets, of a new table."""
    if not offsets.size:
        return np.empty((0, size), np.uint8)
    everywhere = np.lib.stride_tricks.as_strided(
        data[:size].view(f"V{size}"), (data.size - size + 1,), (1,), writeable=False
    )
    return everywhere[offsets].view(np.uint8).reshape(offsets.size, size)
