"""What a recording holds, apart from its channels (`channels`): light, because the writer's process begins with it.

Messages are CDR with ROS 2 schemas. ``log_time`` is the bench's own clock, T-0 at ``T0_NS``; ``publish_time`` is the host's.
Everything but publish times and the channel of events follows from bench, case and computers alone: `content_sha256` in the
file's metadata is over the message records with their publish times as nought, events left out.
"""

import struct

T0_NS = 86_400 * 1_000_000_000
"""Log time of T-0: a day after the scale's zero, so that a countdown is not negative."""
CDR = b"\x00\x01\x00\x00"  # little-endian encapsulation
ROW, EVENT, FIRST_FRAME = 1, 2, 3
EVENTS_TOPIC = "/events"
ROWS_TOPIC = "/signals"
METADATA = "osea_bench"

MESSAGE = 0x05
HEAD = struct.Struct("<BQHIQQ")
"""Of a message record: kind, length, channel, sequence, log time, publish time."""
HEAD_SIZE = HEAD.size
PUBLISHED = slice(23, 31)
"""Where the publish time stands in a record."""
