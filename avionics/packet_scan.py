"""Where the packets of a file lie: headers followed one after another, and found again after damage; compiled."""

from functools import cache
from typing import Any

import numpy as np

from ..core.compiled import compiled

MOST_SIZES = 8  # different sizes of messages that share an APID
HEADER_REJECT, CHECKSUM_REJECT, CUT_OFF = 0, 1, 2


def _crc_table() -> np.ndarray:
    table = np.zeros(256, np.uint16)
    for i in range(256):
        value = i << 8
        for _ in range(8):
            value = (value << 1) ^ (0x1021 if value & 0x8000 else 0)
        table[i] = value & 0xFFFF
    return table


def _is_header(data, at, end, sizes):
    """The size of the packet whose header stands at *at*, 0 when none does."""
    if at + 6 > end:
        return 0
    word = data[at] * 256 + data[at + 1]
    if word >> 13:
        return 0
    size = data[at + 4] * 256 + data[at + 5] + 7
    if word & 0x7FF == 0x7FF:
        return size
    key = (word >> 12 & 1) * 2048 + (word & 0x7FF)
    for k in range(sizes.shape[1]):
        if sizes[key, k] == size:
            return size
    return 0


def _scan(data, sizes, with_crc, table, is_header, offsets, keys, rejects):
    """Fill *offsets* and *keys* of the packets found; *rejects*: stretches by kind, then octets skipped. → packets"""
    end = data.size
    at = 0
    n = 0
    lost = False
    while at < end:
        size = is_header(data, at, end, sizes)
        kind = 0
        if size == 0:
            kind = 1
        elif at + size > end:
            kind = 3
        else:
            word = data[at] * 256 + data[at + 1]
            if word & 0x7FF == 0x7FF:
                at += size
                lost = False
                continue
            key = (word >> 12 & 1) * 2048 + (word & 0x7FF)
            if with_crc[key]:
                crc = 0xFFFF
                for i in range(at, at + size):
                    crc = (crc << 8 & 0xFFFF) ^ table[(crc >> 8) ^ data[i]]
                if crc != 0:
                    kind = 2
            if kind == 0:
                offsets[n] = at
                keys[n] = key
                n += 1
                at += size
                lost = False
                continue
        if not lost:
            rejects[kind - 1] += 1
            lost = True
        if kind == 2 and (at + size == end or is_header(data, at + size, end, sizes) > 0):
            rejects[3] += size
            at += size
            lost = False
        else:
            rejects[3] += 1
            at += 1
    return n


@cache
def _compiled_scan() -> Any:
    return compiled(_is_header), compiled(_scan), _crc_table()


def _gather(data, offsets, rows):
    """Copy the packets that begin at *offsets* into the rows of a table."""
    for i in range(offsets.size):
        at = offsets[i]
        for k in range(rows.shape[1]):
            rows[i, k] = data[at + k]


@cache
def _compiled_gather() -> Any:
    return compiled(_gather)


def scan(data: np.ndarray, sizes: dict[int, set[int]], with_crc: set[int]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """(offsets, keys, rejects) of the packets in *data* (uint8).

    A key is type · 2048 + APID. sizes: the octets a packet of each key may have; with_crc: keys whose packets all end in
    the CCSDS checksum. rejects: stretches lost for their header, for their checksum, cut off at the end; octets skipped.
    """
    table = np.zeros((4096, MOST_SIZES), np.int64)
    for key, known in sizes.items():
        if len(known) > MOST_SIZES:
            raise ValueError(f"APID {key & 0x7FF} has messages of {len(known)} sizes; {MOST_SIZES} at most")
        table[key, : len(known)] = sorted(known)
    flags = np.zeros(4096, np.bool_)
    flags[list(with_crc)] = True
    least = min((min(known) for known in sizes.values()), default=7)
    offsets = np.empty(data.size // least + 1, np.int64)
    keys = np.empty(offsets.size, np.int16)
    rejects = np.zeros(4, np.int64)
    is_header, run, crc_table = _compiled_scan()
    n = run(data, table, flags, crc_table, is_header, offsets, keys, rejects)
    return offsets[:n], keys[:n], rejects


def rows_at(data: np.ndarray, offsets: np.ndarray, size: int) -> np.ndarray:
    """The packets at *offsets* as rows of *size* octets: a view when they lie evenly, else a copy."""
    if offsets.size and (offsets.size == 1 or np.all(np.diff(offsets) == offsets[1] - offsets[0])):
        step = int(offsets[1] - offsets[0]) if offsets.size > 1 else size
        start = int(offsets[0])
        return np.lib.stride_tricks.as_strided(data[start:], (offsets.size, size), (step, 1), writeable=False)
    rows = np.empty((offsets.size, size), np.uint8)
    _compiled_gather()(data, offsets, rows)
    return rows
