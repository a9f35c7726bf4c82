"""How fast launch data are read and judged. Run: python benchmarks/launch_data.py [--write]; one process, processor time.

Peers in one process, taking turns: `oem` (Python) and `ccsds_ndm` (Rust) for the ephemeris. Both are development dependencies.
"""

import argparse
import json
import os
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import ccsds_ndm
import jsonschema_rs
import numpy as np
import oem

from osea_rocket.core.frames import EarthOrientation
from osea_rocket.core.time import SECOND, parse_utc
from osea_rocket.launch_data.ccsds.files import parse_messages
from osea_rocket.launch_data.ccsds.message import Block, Message, Segment, States
from osea_rocket.launch_data.ccsds.write_kvn import write_kvn
from osea_rocket.launch_data.issuer import Issuer, header
from osea_rocket.launch_data.opportunity.package import Request, write_package
from osea_rocket.launch_data.opportunity.product import Deployment, LaunchProduct
from osea_rocket.launch_data.opportunity.separation import separations
from osea_rocket.launch_data.protocol.examples import examples
from osea_rocket.launch_data.protocol.kinds import record_of
from osea_rocket.launch_data.protocol.rules import Package, apply
from osea_rocket.launch_data.protocol.rules.engine import Entry
from osea_rocket.launch_data.protocol.schemas import json_schema

STATES, ROUNDS = 20_000, 5
ISSUER = Issuer(originator="BENCHMARK", created="2027-01-01T00:00:00Z")


def ephemeris(count: int) -> str:
    """An OEM of `count` states, a tenth of a second apart."""
    from osea_rocket.core.time import format_utc_array

    tai = parse_utc("2027-03-01T12:00:00Z").tai + np.arange(count, dtype=np.int64) * (SECOND // 10)
    epochs = tuple(format_utc_array(tai))
    states = np.random.default_rng(1).normal(size=(count, 6)).round(6) * np.array([7e3] * 3 + [7.0] * 3)
    about = (("OBJECT_NAME", "A"), ("OBJECT_ID", "2027-001A"), ("CENTER_NAME", "EARTH"), ("REF_FRAME", "EME2000"))
    span = (("TIME_SYSTEM", "UTC"), ("START_TIME", epochs[0]), ("STOP_TIME", epochs[-1]))
    none = np.zeros((count, 3))
    segment = Segment(
        Block("metadata", (*about, *span)), (), States(epochs, tai, states, none, np.zeros(count, dtype=bool))
    )
    return write_kvn(Message("oem", "2.0", header(ISSUER), (segment,)))


def product() -> LaunchProduct:
    """Twelve payloads, 400 states."""
    t = np.arange(0.0, 4000.0, 10.0)
    angle = 1.1e-3 * t
    position = 6.9e6 * np.stack([np.cos(angle), np.sin(angle), 0.2 * np.ones_like(t)], -1)
    velocity = 6.9e6 * 1.1e-3 * np.stack([-np.sin(angle), np.cos(angle), np.zeros_like(t)], -1)
    return LaunchProduct(
        name="STAGE",
        time=t,
        position=position,
        velocity=velocity,
        deployments=tuple(
            Deployment(name=f"S{i}", time=3000.0 + 30 * i, delta_v=(0.0, 0.5, 0.0), sigma=0.05) for i in range(12)
        ),
        covariance_time=np.array([0.0]),
        covariance=np.diag([1e4, 4e4, 1e4, 0.04, 0.01, 0.01])[None],
    )


def seconds(job: Callable[[], object]) -> float:
    start = time.process_time()
    job()
    return time.process_time() - start


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", action="store_true", help="write launch_data.md beside this file")
    wanted = parser.parse_args()
    rows: list[str] = []

    text = ephemeris(STATES)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "a.oem"
        file.write_text(text, encoding="ascii")
        jobs: dict[str, Callable[[], object]] = {
            "ours": lambda: parse_messages(text.encode()),
            "ccsds_ndm (Rust)": lambda: ccsds_ndm.Oem.from_str(text),
            "oem (Python)": lambda: oem.OrbitEphemerisMessage.open(file),
        }
        taken: dict[str, list[float]] = {name: [] for name in jobs}
        for _ in range(ROUNDS):
            for name, job in jobs.items():
                taken[name].append(seconds(job))
    for name, values in taken.items():
        rate = STATES / statistics.median(values)
        rows.append(f"| OEM read, {name} | {rate:,.0f} states/s | {'200,000' if name == 'ours' else ''} |")

    plain = list(examples().values())
    texts = [json.dumps(p) for p in plain]
    validators = [jsonschema_rs.Draft202012Validator(json_schema(p["schema"].split("/")[2])) for p in plain]
    records = [Entry(record_of(p, "x"), "x") for p in plain]
    alone = [Package([entry], whole=False) for entry in records]
    repeat = 40
    by_schema = statistics.median(
        seconds(lambda: [v.is_valid(p) for _ in range(repeat) for v, p in zip(validators, plain, strict=True)])
        for _ in range(ROUNDS)
    )
    by_rules = statistics.median(
        seconds(
            lambda: [
                apply(Package([Entry(record_of(json.loads(t), "x"), "x")], whole=False))
                for _ in range(repeat)
                for t in texts
            ]
        )
        for _ in range(ROUNDS)
    )
    rules_alone = statistics.median(
        seconds(lambda: [apply(p) for _ in range(repeat) for p in alone]) for _ in range(ROUNDS)
    )
    count = repeat * len(plain)
    rows += [
        f"| records by JSON Schema (jsonschema-rs) | {count / by_schema:,.0f} records/s | 50,000 |",
        f"| records read and judged by all rules | {count / by_rules:,.0f} records/s | 5,000 |",
        f"| records judged by all rules, read before | {count / rules_alone:,.0f} records/s | |",
    ]

    flight = product()
    t0 = parse_utc("2027-03-01T12:00:00Z").tai + np.arange(1000, dtype=np.int64) * SECOND
    known = EarthOrientation(ut1_minus_utc=0.1)
    vectors = statistics.median(seconds(lambda: separations(flight, t0, "TEME", known)) for _ in range(ROUNDS))
    with tempfile.TemporaryDirectory() as folder:
        asked = Request(
            t0=t0, frame="TEME", issuer=ISSUER, orientation=known, orientation_source="none", ephemeris=False
        )
        files = seconds(lambda: write_package(flight, asked, Path(folder)))
    rows += [
        f"| 1000 opportunities of 12 payloads, states | {vectors:.3f} s | 10 s |",
        f"| the same as 12,000 OPM files with covariance | {files:.1f} s | |",
    ]
    lines = [
        "# Speed of launch data",
        "",
        "Made by `python benchmarks/launch_data.py --write`; processor time of one process, medians of",
        f"{ROUNDS} rounds taken in turns, load {os.getloadavg()[0]:.1f}.",
        "",
        "| what | measured | goal |",
        "|---|---:|---:|",
        *rows,
        "",
        f"The ephemeris has {STATES:,} states; ours are checked (dates, finite numbers, order) and counted in nanoseconds.",
    ]
    print("\n".join(lines))
    if wanted.write:
        Path(__file__).with_suffix(".md").write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
