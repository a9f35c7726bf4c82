"""Peers on the files that benchmarks/avionics.py wrote, in their own environment: run_peers.py FOLDER → JSON on stdout."""

import json
import logging
import struct
import sys
import time
import timeit
from pathlib import Path

logging.disable(logging.CRITICAL)
folder = Path(sys.argv[1])
case = json.loads((folder / "case.json").read_text())


def ccsdspy_bulk() -> dict:
    import numpy as np
    from ccsdspy import FixedLength, PacketField
    from ccsdspy.utils import split_by_apid

    definitions = {
        int(apid): FixedLength([PacketField(name=n, data_type=k, bit_length=b) for n, k, b in fields])
        for apid, fields in case["fields"].items()
    }
    start = time.process_time()
    columns = {
        apid: definitions[apid].load(stream) for apid, stream in split_by_apid(str(folder / "packets.bin")).items()
    }
    seconds = time.process_time() - start
    equal = True
    for apid, result in columns.items():
        for name, _, _ in case["fields"][str(apid)]:
            ours = np.load(folder / f"{apid}_{name}.npy")
            equal &= bool(np.array_equal(np.asarray(result[name]), ours))
    return {"seconds": seconds, "equal": equal}


def space_packet_parser_bulk() -> dict:
    from space_packet_parser.generators import ccsds_generator
    from space_packet_parser.xtce.definitions import XtcePacketDefinition

    definition = XtcePacketDefinition.from_xtce(folder / "set.xml")
    start, n = time.process_time(), 0
    with (folder / "part.bin").open("rb") as stream:
        for packet in ccsds_generator(stream):
            definition.parse_bytes(packet)
            n += 1
    return {"seconds": time.process_time() - start, "packets": n}


def spacepackets_single() -> dict:
    from spacepackets.ccsds.spacepacket import PacketType, SpacePacket
    from spacepackets.ccsds.spacepacket import SpacePacketHeader as SpHeader

    payload = struct.Struct(case["payload"])
    values, data = case["values"], bytes.fromhex(case["packet"])

    def encode() -> bytes:
        header = SpHeader(packet_type=PacketType.TM, apid=case["apid"], seq_count=5, data_len=payload.size - 1)
        return bytes(SpacePacket(header, None, payload.pack(*values)).pack())

    def decode() -> tuple:
        SpHeader.unpack(data)
        return payload.unpack_from(data, 6)

    return {
        "equal": encode() == data and decode() == tuple(values),
        "encode": min(timeit.repeat(encode, number=20_000, repeat=5, timer=time.process_time)) / 20_000,
        "decode": min(timeit.repeat(decode, number=20_000, repeat=5, timer=time.process_time)) / 20_000,
    }


results = {}
for peer in (ccsdspy_bulk, space_packet_parser_bulk, spacepackets_single):
    try:
        results[peer.__name__] = peer()
    except Exception as error:  # a peer that fails says so, and the others go on
        results[peer.__name__] = {"failed": f"{type(error).__name__}: {error}"}
print(json.dumps(results))
