"""What every record that this program makes has: identifiers that stay the same from run to run, issuer, date, provenance."""

import json
import re
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from .protocol.kinds import record_of, to_plain

Plain = dict[str, Any]
_SHA256 = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, kw_only=True)
class Envelope:
    """Who issues, when (UTC), by which software, from which input; status of all that is issued."""

    originator: str
    issued_at: str
    software: str
    input_sha256: str = ""
    status: str = "predicted"

    def urn(self, kind: str, key: str) -> str:
        """The identifier of the issuer's thing of this kind: the same key gives the same one (UUID version 5, RFC 9562)."""
        name = json.dumps([self.originator, kind, key], ensure_ascii=False)
        return f"urn:osea:{_slug(self.originator)}:{kind}:{uuid.uuid5(uuid.NAMESPACE_URL, name)}"

    @property
    def provider(self) -> str:
        """The issuer itself."""
        return self.urn("provider", self.originator)

    def record(self, kind: str, key: str, fields: Mapping[str, Any]) -> Plain:
        """A record, valid by its schema; None among the fields means: not said. Raises InputError."""
        provenance: Plain = {"method": "computed", "software": self.software}
        if _SHA256.fullmatch(self.input_sha256):
            provenance |= {"source": "the run's resolved input", "source_sha256": self.input_sha256}
        plain = {
            "schema": f"osea/launch-data/{kind}/v1",
            "protocol": "1.0",
            "id": self.urn(kind, key),
            "revision": 1,
            "issuer": self.provider,
            "issued_at": self.issued_at,
            "status": self.status,
            "access": {"level": "public"},
            "provenance": [provenance],
            **{k: v for k, v in fields.items() if v is not None},
        }
        return to_plain(record_of(plain, f"{kind} of {key}"))


def record_text(plain: Mapping[str, Any]) -> str:
    """A record as its file holds it."""
    return json.dumps(plain, indent=1, ensure_ascii=False, allow_nan=False) + "\n"


def _slug(text: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-") or "issuer"
