"""Random message sets of every kind of field, for the generators' tests."""

import random

import pytest

from osea_rocket.avionics.layout import layout
from osea_rocket.avionics.message_set import MessageSet


def _calibration(rng, bits, signed):
    low, high = (-(1 << (bits - 1)), (1 << (bits - 1)) - 1) if signed else (0, (1 << bits) - 1)
    kind = rng.choice(["line", "polynomial", "spline", "table"])
    if kind == "line":
        return {"type": "polynomial", "coefficients": [rng.uniform(-50, 50), rng.choice([0.5, -0.01, 3e-7, 2.0**-9])]}
    if kind == "polynomial":
        return {"type": "polynomial", "coefficients": [rng.uniform(-9, 9) * 10.0 ** (-4 * k) for k in range(4)]}
    if kind == "table":
        raws = sorted({rng.randint(max(low, -5000), min(high, 5000)) for _ in range(6)})
        return {"type": "table", "points": [[r, rng.uniform(-100, 100)] for r in raws]}
    raws = sorted({rng.randint(low, high) for _ in range(6)} | {low, high})
    order = rng.choice([0, 1, 3])
    return {
        "type": "spline",
        "order": order,
        "points": [[float(r), 10.0 * i + rng.random()] for i, r in enumerate(raws)],
    }


def _field(rng, name, can):
    kinds = [
        "uint",
        "int",
        "fixed",
        "float",
        "bool",
        "enum",
        "flags",
        "padding",
        "bcd",
        *([] if can else ["text", "bytes", "time"]),
    ]
    kind = rng.choice(kinds)
    bits = rng.choice([rng.randint(1, 64), 8, 16, 32, rng.randint(1, 16)])
    if can:
        bits = min(bits, 40)
    field = {"name": name, "type": kind, "bits": bits, "description": f"*/ {name} ?? \\"}
    if rng.random() < 0.25:
        field["byte_order"] = rng.choice(["big", "little"])
    if rng.random() < 0.2 and kind in ("uint", "int", "fixed", "float", "bool"):
        field["count"] = rng.randint(1, 2 if can else 4)
    match kind:
        case "padding":
            return {"type": "padding", "bits": rng.randint(1, 20)}
        case "float":
            field["bits"] = rng.choice([32, 64]) if not can else 32
            if rng.random() < 0.5:
                field |= {"unit": "m", "range": "-12.1..1000.3 m"}
        case "fixed":
            field |= {"bits": max(2, bits), "fraction_bits": rng.randint(0, bits), "signed": rng.random() < 0.5}
        case "uint" | "int" if rng.random() < 0.5 and bits > 3:
            field["calibration"] = _calibration(rng, bits, kind == "int")
        case "uint" if rng.random() < 0.2:
            field |= {"constant": rng.getrandbits(bits)}
            field.pop("count", None)
        case "int" if bits >= 8:
            field |= {"range": "-100..90"}
        case "enum":
            bits = field["bits"] = max(2, bits)
            field["values"] = [{"name": n, "value": i} for i, n in enumerate(["off", "ON", "default"])]
        case "flags":
            bits = field["bits"] = max(2, bits)
            field["flags"] = [{"name": "valid", "value": 0}, {"name": "last", "value": bits - 1}]
        case "text" | "bytes":
            del field["bits"]
            field |= {"length": rng.randint(1, 12)}
            if kind == "text":
                field["encoding"] = rng.choice(["utf-8", "ascii"])
        case "time":
            del field["bits"]
            field.pop("byte_order", None)
            code = rng.choice(["cuc", "cds"])
            field |= {"code": code, "epoch": rng.choice(["ccsds", "T-0"]), "p_field": rng.random() < 0.5}
            if code == "cuc":
                field |= {"coarse": rng.randint(1, 5), "fine": rng.randint(0, 3)}
            else:
                field |= {"day_bits": rng.choice([16, 24]), "submillisecond_bits": rng.choice([0, 16, 32])}
    return field


def _message(rng, i, kinds):
    kind = rng.choice(kinds)
    message = {
        "name": f"m{i}",
        "type": kind,
        "byte_order": rng.choice(["big", "little"]),
        "rate": "10 Hz",
        "source": "box",
    }
    names = ["class", "rate", "x", "value", "int", "status", "unused", "Value"]
    n = rng.randint(1, 3 if kind == "can" else len(names))
    message["fields"] = [_field(rng, names[k], kind == "can") for k in range(n)]
    if kind == "can":
        message |= {"fd": True, "id": 16 + i, "extended": rng.random() < 0.3, "sinks": ["obc"]}
    elif kind in ("telemetry", "telecommand"):
        message |= {"apid": 100 + i, "crc": rng.choice([None, "crc16-ccitt", "crc32", "xor8"])}
        if rng.random() < 0.5:
            message["secondary_header"] = {"time": {"type": "time", "name": "time", "code": "cuc", "epoch": "ccsds"}}
        elif rng.random() < 0.5:
            message["secondary_header"] = {"pus": {"service": 3, "subservice": 25}}
        message["fields"].append({"name": "last", "type": "uint", "bits": 8})
    else:
        message |= {"crc": rng.choice([None, "crc16-ccitt"])}
    return message


def random_set_of(seed, kinds=("telemetry", "telecommand", "can", "plain"), count=4, name=None):
    """A random set, laid out; the same for the same *seed*."""
    rng = random.Random(seed)
    messages = [_message(rng, i, kinds) for i in range(count)]
    document = {"name": name or f"random {seed}", "byte_order": rng.choice(["big", "little"]), "messages": messages}
    return layout(MessageSet.model_validate(document))


@pytest.fixture
def random_set():
    """A function (seed, kinds of messages, how many) → ResolvedSet."""
    return random_set_of
