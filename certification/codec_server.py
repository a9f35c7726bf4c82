"""Our own codec as a program that certification can try: `python -m osea_rocket.certification.codec_server SET.yaml`.

An example of the other side, too: read a line of JSON, answer a line of JSON, until the input ends.
"""

import json
import math
import sys
from pathlib import Path
from typing import Any

from ..avionics.layout import layout
from ..avionics.message_set import MessageSet
from ..core.documents import load_document
from .vectors import answer, codecs_of


def main() -> int:
    """Answer requests until there are no more."""
    codecs = codecs_of(layout(load_document(MessageSet, Path(sys.argv[1]))))
    for line in sys.stdin:
        try:
            request = json.loads(line)
        except ValueError:
            request = None
        print(json.dumps(_finite(answer(codecs, request))), flush=True)
    return 0


def _finite(value: Any) -> Any:
    """JSON has no NaN and no infinity: they are told as texts."""
    if isinstance(value, dict):
        return {k: _finite(v) for k, v in value.items()}
    if isinstance(value, list):
        return [_finite(v) for v in value]
    return value if not isinstance(value, float) or math.isfinite(value) else str(value)


if __name__ == "__main__":
    sys.exit(main())
