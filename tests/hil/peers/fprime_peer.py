"""A deployment of F Prime by fprime-gds: its framer and its serialised types."""

from common import Link, Log, arguments, law
from fprime_gds.common.communication.framing import FpFramerDeframer
from fprime_gds.common.data_types.ch_data import ChData
from fprime_gds.common.encoders.ch_encoder import ChEncoder
from fprime_gds.common.models.serialize.numerical_types import F32Type, F64Type, U8Type, U16Type, U32Type
from fprime_gds.common.models.serialize.time_type import TimeType
from fprime_gds.common.templates.ch_template import ChTemplate

kind, local, remote, path = arguments()
link, log = Link(kind, local, remote), Log(path)
framer, encoder = FpFramerDeframer("crc32"), ChEncoder()
NAMES = {256: ("gimbal_y", F32Type), 257: ("gimbal_z", F32Type), 258: ("throttle", F32Type), 259: ("answered", U32Type)}
TEMPLATES = {i: ChTemplate(i, name, "bench", kind) for i, (name, kind) in NAMES.items()}
ARGUMENTS = [U32Type, F64Type, *[F32Type] * 6, *[F64Type] * 3, *[F32Type] * 3, U8Type]


def channel(number, value):
    held = NAMES[number][1](value)
    packet = encoder.encode_api(ChData(held, TimeType(2, 0, 5, 6), TEMPLATES[number]))
    return framer.frame(packet[4:])  # the first four octets are the ground system's own length


rest = b""
while data := link.receive():
    packets, rest, _ = framer.deframe_all(rest + data, no_copy=False)
    for packet in packets:
        at, values = 0, []
        for kind in (U16Type, U32Type, *ARGUMENTS):
            held = kind()
            held.deserialize(packet, at)
            at += held.getSize()
            values.append(held.val)
        assert at == len(packet) and values[:2] == [0, 4096], values
        tick, time, rate_y, acceleration_x = values[2], values[3], values[5], values[7]
        y, z, throttle = law(rate_y, acceleration_x)
        log(tick=tick, rate_y=rate_y, acceleration_x=acceleration_x, position_x=values[10], clock=time)
        for number, value in ((256, y), (257, z), (258, throttle), (259, tick)):
            link.send(channel(number, value))
