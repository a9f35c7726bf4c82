"""How long the check of a vehicle of 60 modules takes against the limit of half a second; writes interfaces.md."""

import platform
import statistics
import sys
import time
from pathlib import Path

from osea_rocket.core.documents import load_document
from osea_rocket.core.modules import Join
from osea_rocket.studies import documents  # noqa: F401  with it, every schema is known
from osea_rocket.studies.check import check_vehicle
from osea_rocket.vehicle.vehicle import Vehicle

LIMIT = 0.5  # s, of the issue
MODULES = 60
ROOT = Path(__file__).resolve().parent.parent


def vehicle() -> Vehicle:
    """The example of modules, its battery and boxes repeated until 60 modules with ports are joined."""
    base = load_document(Vehicle, ROOT / "examples/modular/vehicle.yaml")
    second = base.stages[1]
    units, joins, ports = list(base.equipment or ()), list(base.joins or ()), list(second.ports or ())
    boxes = [
        next(u for u in units if u.name == name) for name in ("flight computer", "inertial unit", "second battery")
    ]
    slots = {"flight computer": "computer-slot", "inertial unit": "inertial-slot", "second battery": "battery-slot"}
    present = 6 + len(units)  # stages, interstage, adapter, satellite, the engine's file
    for i in range(MODULES - present):
        box = boxes[i % 3]
        name, slot = f"{box.name} {i}", f"{slots[box.name]}-{i}"
        units.append(box.evolve(name=name))
        ports.append(second.port(slots[box.name]).evolve(name=slot))
        joins.append(Join(lower=f"{second.name}.{slot}", upper=f"{name}.{next(iter(box.ports or ())).name}"))
    stage = second.evolve(ports=tuple(ports))
    return base.evolve(stages=(base.stages[0], stage), equipment=tuple(units), joins=tuple(joins))


def main() -> int:
    """Measure, write the table, exit 1 when the limit is missed."""
    whole = vehicle()
    checked = check_vehicle(whole)
    times, processor = [], []
    for _ in range(7):
        fresh = whole.evolve(notes=f"{len(times)}")  # nothing kept from the last one
        begin, used = time.perf_counter(), time.process_time()
        checked = check_vehicle(fresh)
        times.append(time.perf_counter() - begin)
        processor.append(time.process_time() - used)
    modules = {end.rpartition(".")[0] for joint in checked.joints for end in (joint.lower, joint.upper)} - {"", "?"}
    rows = (("first", times[0], processor[0]), ("median of 7", statistics.median(times), statistics.median(processor)))
    lines = [
        "# Interface check of a vehicle of 60 modules",
        "",
        f"`python benchmarks/interfaces.py`, Python {platform.python_version()}, {len(modules)} modules, "
        f"{len(checked.joints)} joints, {len(checked.all_findings)} findings. Limit {LIMIT} s. The files are read before.",
        "",
        "| check | wall clock [s] | processor [s] |",
        "|---|---|---|",
        *(f"| {name} | {wall:.3f} | {cpu:.3f} |" for name, wall, cpu in rows),
        "",
    ]
    (ROOT / "benchmarks/interfaces.md").write_text("\n".join(lines), encoding="utf-8")
    print("\n".join(lines))
    return 0 if rows[1][1] <= LIMIT and len(modules) >= MODULES else 1


if __name__ == "__main__":
    sys.exit(main())
