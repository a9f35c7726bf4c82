"""A small vehicle and a computer of a few lines, for tests of the bench itself."""

import fcntl
import socket
import tempfile
import threading
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from osea_rocket.avionics.codec import Codec
from osea_rocket.avionics.layout import layout
from osea_rocket.core.numeric import table
from osea_rocket.hil.document import Bench, Clock, Computer, own_messages
from osea_rocket.hil.plant import Flying
from osea_rocket.hil.transports.document import UdpLink
from osea_rocket.studies.documents import Study
from osea_rocket.validation.flight import one_phase

ENGINE = {
    "thrust": table([0.0, 0.3, 0.7, 1.0], [0.0, 6e3, 14e3, 2e4]),
    "flow": table([0.0, 0.3, 0.7, 1.0], [0.0, 2.0, 4.7, 6.7]),
    "gain_p": 2.0,
    "gain_d": 2.5,
}


def flying(duration: float = 2.0) -> Flying:
    """A body in orbit pushed by an engine that swivels."""
    case = one_phase(
        duration, mass=1500.0, tables=ENGINE, head={}, engines=1.0, ignites=1.0, gimbal_station=0.0, gimbal_limit=0.08,
        gimbal_rate=0.3, gimbal_lag=0.04, throttle_min=0.4, roll_torque=500.0,
    )  # fmt: skip
    return Flying(case.with_head(gnss_period=0.5, gnss_on=1.0, gnss_position=5.0, gnss_velocity=0.1, gyro_noise=1e-5))


def free_port() -> int:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def bench(link=None, *, computers=1, rate=100.0, **fields) -> Bench:
    """A bench with the own messages; its study is a name only: the tests give the case."""
    study = Study.model_construct(name="none")
    links = [link] if link is not None else [
        UdpLink(local=f"127.0.0.1:{free_port()}", remote=f"127.0.0.1:{free_port()}") for _ in range(computers)
    ]  # fmt: skip
    made = tuple(Computer(name=f"c{i}", link=one) for i, one in enumerate(links))
    clock = fields.pop("clock", Clock(patience=60.0, timeout=30.0))
    return Bench.model_construct(
        **{n: f.default for n, f in Bench.model_fields.items() if f.default is not None or n == "until"}
        | {"name": "test", "study": study, "computers": made, "rate": rate, "countdown": 0.1, "clock": clock, **fields}
    )


class SmallComputer:
    """Answers each sample: throttle 0.8, gimbal as a function of the count."""

    def __init__(self, gimbal=lambda tick: 0.0, silent_after=None):
        codec = Codec(layout(own_messages()).by_name["command"])
        names = list(codec.raw_names)
        raws: list[float] = [0] * len(names)
        raws[names.index("throttle")] = 0.8
        self.codec, self.names, self.raws = codec, names, raws
        self.gimbal, self.silent_after = gimbal, silent_after
        self.heard: list[bytes] = []

    def answer(self, frame: bytes) -> bytes | None:
        if len(frame) < 10 or zlib.crc32(frame[:-4]) != int.from_bytes(frame[-4:], "big"):
            return None
        tick = int.from_bytes(frame[6:10], "big")
        self.heard.append(frame)
        if self.silent_after is not None and tick > self.silent_after:
            return None
        raws = list(self.raws)
        raws[self.names.index("answered_tick")] = tick
        raws[self.names.index("gimbal[0]")] = self.gimbal(tick)
        return self.codec.pack(*raws, sequence_count=tick & 0x3FFF)


def answer_until(stop, peer, computer):
    """What comes over a socket, answered by the computer until the event is set."""
    while not stop.is_set():
        try:
            frame, sender = peer.recvfrom(4096)
        except TimeoutError:
            continue
        answer = computer.answer(frame)
        if answer is not None:
            peer.sendto(answer, sender)


@contextmanager
def over_udp(link, computer):
    """The computer at the other end of a UDP link, on a thread."""
    host, port = link.remote.split(":")
    peer = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    peer.bind((host, int(port)))
    peer.settimeout(0.1)
    stop = threading.Event()

    thread = threading.Thread(target=answer_until, args=(stop, peer, computer), daemon=True)
    thread.start()
    try:
        yield computer
    finally:
        stop.set()
        thread.join()
        peer.close()


@contextmanager
def alone_on_multicast() -> Iterator[None]:
    """One test at a time on python-can's multicast bus: all groups share its port, and tests run in several processes."""
    with (Path(tempfile.gettempdir()) / "osea-multicast-bus.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
