"""Betaflight SITL, ArduPilot's JSON backend and a text console, by struct and json from their published structures."""

import json
import re
import struct
import sys

from common import Link, Log, arguments, law

kind, local, remote, path = arguments()
link, log = Link(kind, local, remote), Log(path)
what = sys.argv[5]
DEGREE = 0.017453292519943295


def betaflight():
    """One servo packet a state packet, from a port of its own (udpInit of pwmLink binds none), as sitl.c does."""
    out = Link("udp", 0, remote)
    while data := link.receive():
        v = struct.unpack("<18d", data)
        y, z, throttle = law(v[2], v[4])
        log(time=v[0], rate_y=v[2], acceleration_x=v[4], q_w=v[7], vn=v[11], north=v[14], pressure=v[17])
        out.send(struct.pack("<4f", (y / DEGREE + 5) / 10, (z / DEGREE + 5) / 10, throttle, 0.0))


def ardupilot():
    """Servos first, then a line of JSON between line ends; nothing is bound, so the port is the system's (SIM_JSON.cpp)."""
    count, servos = 0, [1500, 1500, 1000]
    buffer = b""
    link.socket.settimeout(0.2)
    while True:
        link.send(struct.pack("<HHI16H", 18458, 400, count, *servos, *[1500] * 13))
        try:
            buffer += link.receive()
        except TimeoutError:
            continue
        *_, line, rest = buffer.split(b"\n")
        s = json.loads(line)
        buffer, count = b"\n" + rest, count + 1
        assert {"timestamp", "imu", "position", "quaternion", "velocity"} == set(s)
        y, z, throttle = law(s["imu"]["gyro"][1], s["imu"]["accel_body"][0])
        servos = [round(1500 + y / DEGREE / 0.01), round(1500 + z / DEGREE / 0.01), round(1000 + 1000 * throttle)]
        log(
            time=s["timestamp"], rate_y=s["imu"]["gyro"][1], acceleration_x=s["imu"]["accel_body"][0],
            q_w=s["quaternion"][0], vn=s["velocity"][0], north=s["position"][0],
        )  # fmt: skip


def console():
    """Lines."""
    rest = b""
    while data := link.receive():
        *lines, rest = (rest + data + (b"\n" if link.datagrams else b"")).split(b"\n")
        for line in filter(None, lines):
            m = re.fullmatch(r"SENSE (\d+) RATE (\S+) (\S+) (\S+) ACC (\S+) (\S+) (\S+) ALT (\S+)", line.decode())
            assert m, line
            rate_y, acceleration_x = float(m[3]) * DEGREE, float(m[5])
            y, z, throttle = law(rate_y, acceleration_x)
            log(tick=int(m[1]), rate_y=rate_y, acceleration_x=acceleration_x)
            link.send(f"ACT {m[1]}  GIMBAL {y / DEGREE!r} {z / DEGREE!r} THROTTLE {100 * throttle}\n".encode())


{"betaflight": betaflight, "ardupilot": ardupilot, "console": console}[what]()
