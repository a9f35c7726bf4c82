"""ccsdspy on packets that benchmarks/avionics_agreement.py wrote, in its own environment: read_ccsdspy.py CASES → JSON."""

import io
import json
import logging
import struct
import sys
import warnings
from pathlib import Path

import numpy as np
from ccsdspy import FixedLength, PacketField

logging.disable(logging.CRITICAL)
warnings.simplefilter("ignore")
compared = packets = 0
wrong: list[str] = []
with Path(sys.argv[1]).open() as file:
    for line in file:
        case = json.loads(line)
        fields = [
            PacketField(
                name=f["name"], data_type=f["type"], bit_length=f["bits"], bit_offset=f["at"], byte_order=f["order"]
            )
            for f in case["fields"]
        ]
        data = b"".join(bytes.fromhex(p) for p in case["packets"])
        try:
            found = FixedLength(fields).load(io.BytesIO(data))
        except Exception as error:  # a layout that it does not take is said, and is no mismatch
            wrong.append(f"{case['name']}: {type(error).__name__}: {error}")
            continue
        packets += len(case["packets"])
        for f in case["fields"]:
            got = np.atleast_1d(found[f["name"]])
            for k, value in enumerate(f["values"]):
                compared += 1
                if f["type"] == "float":
                    code = "f" if f["bits"] == 32 else "d"
                    same = struct.pack(code, float(got[k])) == struct.pack(code, value)
                else:
                    same = int(got[k]) == value
                if not same:
                    wrong.append(f"{case['name']}.{f['name']}: {got[k]!r} for {value!r}")
print(json.dumps({"packets": packets, "compared": compared, "wrong": wrong}))
