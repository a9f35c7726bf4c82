"""Wires through the joints of a vehicle: which parts share a bus or a power circuit.

A wire goes through the joints where both ports have it, and through a part from port to port under one name.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from ..core.ports.port import Port
from .check_joints import Joint

Node = tuple[str, str]
"""(part, name of the bus or the circuit)."""


@dataclass(frozen=True)
class End:
    """A port's end of a wire: its part, the joint's name for the port, the port, how many of the part there are, and the part
    that it is joined onto (of the lower or providing end: itself)."""

    node: Node
    name: str
    port: Port
    count: int
    holder: str

    @property
    def part(self) -> str:
        """The part's own name."""
        return self.name.rpartition(".")[0]

    @property
    def names(self) -> set[str]:
        """All names under which a phase may leave it out: its own, its stage's, and ``engines of`` its stage."""
        engines = {f"engines of {self.holder}"} if self.port.kind == "engine-mount" else set()
        return {self.part, self.holder} | engines


@dataclass
class Nets:
    """Nodes that are joined, and the ends found on the way. ends: in the order of the joints."""

    joined: dict[Node, Node] = field(default_factory=dict)
    ends: list[End] = field(default_factory=list)

    def head(self, node: Node) -> Node:
        """One node that stands for all that are joined with it."""
        while self.joined.setdefault(node, node) != node:
            node = self.joined[node]
        return node

    def groups(self) -> dict[Node, list[End]]:
        """The ends of each net, by its head."""
        found: dict[Node, list[End]] = {}
        for end in self.ends:
            found.setdefault(self.head(end.node), []).append(end)
        return found


def trace(joints: Iterable[Joint], ports: dict[str, Port], names: Callable[[Port], Iterable[str]]) -> Nets:
    """The nets of all matched joints; names: of the wires that a port has."""
    nets = Nets()
    for joint in joints:
        if not joint.matched:
            continue
        sides = []
        for end, other in ((joint.lower, joint.upper), (joint.upper, joint.lower)):
            part, port = end.rpartition(".")[0], ports[end]
            count = 1
            # One engine's file stands for the engines of several stages, each on wires of its own.
            if joint.kind == "engine-mount" and end == joint.upper:
                part, count = f"{part} of {other.rpartition('.')[0]}", ports[other].count
            wires = tuple(names(port))
            holder = joint.lower.rpartition(".")[0]
            nets.ends += [End((part, wire), end, port, count, holder) for wire in wires]
            sides.append((part, wires))
        (lower, first), (upper, second) = sides
        for shared in set(first) & set(second):
            nets.joined[nets.head((lower, shared))] = nets.head((upper, shared))
    return nets
