"""The plant's process of an FMU: `python -m osea_rocket.hil.fmu.server FOLDER DESCRIPTOR`; the protocol is in data/plant.c."""

import socket
import struct
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np

from ...core.errors import OseaError
from ..plant import FLYING, BenchPlant
from ..signals import COMMAND_COUNT
from .packed import read_plant

_ARRAYS = ("signals", "commands", "_power", "_clock", "_held", "_scratch")
_PLAIN = ("count", "status", "dark")


class RefusedError(Exception):
    """Told to the importer."""


def keep(plant: BenchPlant) -> tuple[list[np.ndarray], list[object]]:
    """All that a plant is at one instant."""
    p = plant.plant
    return [a.copy() for a in (p.state, p.memory, p._work, *(getattr(plant, n) for n in _ARRAYS))], [
        getattr(plant, n) for n in _PLAIN
    ]


def put_back(plant: BenchPlant, kept: tuple[list[np.ndarray], list[object]]) -> None:
    """As it was."""
    p = plant.plant
    for array, old in zip((p.state, p.memory, p._work, *(getattr(plant, n) for n in _ARRAYS)), kept[0], strict=True):
        array[:] = old
    for name, value in zip(_PLAIN, kept[1], strict=True):
        setattr(plant, name, value)


class Service:
    """Answers one importer."""

    def __init__(self, line: socket.socket, make: Callable[[], BenchPlant]) -> None:
        self._line, self._make = line, make
        self._plant: BenchPlant | None = None
        self._kept: dict[int, tuple[list[np.ndarray], list[object]]] = {}
        self._number = 0

    def run(self) -> None:
        """Until the line closes."""
        while kind := self._line.recv(1):
            try:
                answer = self._answer(kind)
            except (RefusedError, OseaError) as error:
                text = str(error).encode()[:900]
                answer = b"\x01" + struct.pack("=I", len(text)) + text
            self._line.sendall(answer)

    def _answer(self, kind: bytes) -> bytes:
        if kind == b"I":
            commands = self._commands()
            self._plant = self._make()
            return self._fly(self._plant, 1, commands)
        if kind == b"S":
            (count,) = struct.unpack("=I", self._take(4))
            commands = self._commands()
            return self._fly(self._here(), count, commands)
        if kind == b"G":
            self._number += 1
            self._kept[self._number] = keep(self._here())
            return b"\0" + struct.pack("=I", self._number)
        (number,) = struct.unpack("=I", self._take(4))
        if number not in self._kept:
            raise RefusedError("there is no such state")
        if kind == b"F":
            del self._kept[number]
            return b"\0"
        plant = self._here()
        put_back(plant, self._kept[number])
        return self._outputs(plant)

    def _fly(self, plant: BenchPlant, count: int, commands: np.ndarray) -> bytes:
        for _ in range(count):
            plant.commands[:] = commands
            if plant.tick() != FLYING:
                break
        return self._outputs(plant)

    def _outputs(self, plant: BenchPlant) -> bytes:
        head = b"\0" if plant.status == FLYING else b"\x02"
        return head + plant.signals.tobytes() + struct.pack("=d", float(plant.status))

    def _here(self) -> BenchPlant:
        if self._plant is None:
            raise RefusedError("initialize first")
        return self._plant

    def _commands(self) -> np.ndarray:
        return np.frombuffer(self._take(8 * COMMAND_COUNT))

    def _take(self, size: int) -> bytes:
        data = b""
        while len(data) < size:
            piece = self._line.recv(size - len(data))
            if not piece:
                raise SystemExit(0)
            data += piece
        return data


def main(folder: str, descriptor: str) -> int:
    """Serve the plant of a folder over an open socket."""
    with socket.socket(fileno=int(descriptor)) as line:
        Service(line, lambda: read_plant(Path(folder))).run()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2]))
