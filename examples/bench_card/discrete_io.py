"""A discrete-I/O card for the bench, here simulated by a local UDP socket: one bit a channel, lowest first.

Replace the three lines that touch the socket by your card's driver, install the folder (`pip install ./bench_card`), and name the
card in a bench:

    cards:
    - name: umbilical
      card: discrete-io-simulator
      options: {local: "127.0.0.1:15001", remote: "127.0.0.1:15002"}
      outputs: {lift_off: {signal: vehicle.lifted}}
      inputs: {abort: {signal: command.cut_off}}
"""

import socket

import numpy as np

from osea_rocket.hil.transports.base import LinkLostError
from osea_rocket.hil.transports.document import host_port, is_loopback


class DiscreteCard:
    """Outputs above one half are on; inputs are 0 or 1, and unknown until the other end has spoken."""

    def __init__(
        self, options: dict[str, str | float | bool], outputs: tuple[str, ...], inputs: tuple[str, ...]
    ) -> None:
        local, remote = (host_port(str(options[n])) for n in ("local", "remote"))
        if not is_loopback(local[0]) or max(len(outputs), len(inputs)) > 32:
            raise ValueError("the simulated card has 32 channels each way and stays on loopback")
        self._weights = 1 << np.arange(len(outputs), dtype=np.uint32)
        self._line = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._line.bind(local)
        self._line.connect(remote)
        self._line.setblocking(False)

    def exchange(self, outputs: np.ndarray, inputs: np.ndarray) -> None:
        """Write all channels, read all channels."""
        word = int(self._weights[outputs > 0.5].sum())
        try:
            self._line.send(word.to_bytes(4, "little"))  # your driver: write the port
        except ConnectionRefusedError:
            return  # nobody at the other end yet
        except OSError as error:
            raise LinkLostError(f"the discrete card does not answer: {error.strerror}") from None
        try:
            while True:  # your driver: read the port
                word = int.from_bytes(self._line.recv(4), "little")
                inputs[:] = word >> np.arange(inputs.size) & 1
        except (BlockingIOError, ConnectionRefusedError):
            pass

    def close(self) -> None:
        self._line.close()
