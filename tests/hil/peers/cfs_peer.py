"""A cFS application: packets by spacepackets, cFE's secondary headers by struct."""

import struct
from functools import reduce
from operator import xor

from common import Link, Log, arguments, law
from spacepackets.ccsds.spacepacket import PacketType, SpacePacketHeader

kind, local, remote, path = arguments()
link, log = Link(kind, local, remote), Log(path)
count = 0
while packet := link.receive():
    header = SpacePacketHeader.unpack(packet)
    assert header.packet_type == PacketType.TC and header.sec_header_flag and header.apid == 0x20
    assert header.packet_len == len(packet), (header.packet_len, len(packet))
    assert reduce(xor, packet, 0xFF) == 0, "cFE's command checksum"
    assert packet[6] == 2, "function code"
    time, x, *_, tick, phase = struct.unpack("<d3d3f3f3f2I", packet[8:])
    rate_y, acceleration_x = struct.unpack_from("<d3d3f3f", packet, 8)[5:8:2]
    y, z, throttle = law(rate_y, acceleration_x)
    log(tick=tick, rate_y=rate_y, acceleration_x=acceleration_x, position_x=x, clock=time)
    body = struct.pack(">IHI", 5, 6, 0) + struct.pack("<3f2HI", y, z, throttle, 0, 0, tick)
    out = SpacePacketHeader(
        PacketType.TM, apid=0x21, seq_count=count & 0x3FFF, data_len=len(body) - 1, sec_header_flag=True
    )
    count += 1
    link.send(bytes(out.pack()) + body)
