"""The form of a certificate and of a revocation list, as other programs read them: what `osea schema` publishes.

As on every wire, fields that are not named here are allowed: they are signed with the rest.
"""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from .judging import Verdict
from .suites import Level

Sha256 = Annotated[
    str, Field(pattern=r"^[0-9a-f]{64}$", examples=["9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"])
]
Utc = Annotated[str, Field(pattern=r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z$", examples=["2027-03-01T12:00:00Z"])]
Token = Annotated[
    str, Field(pattern=r"^[\w-]+\.\.[\w-]+$", description="Detached JWS, Ed25519 (RFC 7515, 7797, 8037).")
]
LevelOrNone = Level | Literal["none"]


class _Wire(BaseModel):
    model_config = ConfigDict(frozen=True, extra="allow")


class CertifiedFile(_Wire):
    """A file that was looked at, and its SHA-256."""

    path: str
    sha256: Sha256


class Subject(_Wire):
    """What is certified. not_covered: files beside it that no suite looked at."""

    name: str
    kind: str
    files: tuple[CertifiedFile, ...]
    not_covered: tuple[str, ...]


class Tool(_Wire):
    """The program that asked."""

    name: str
    version: str


class Corpus(_Wire):
    """The standard's version, and one SHA-256 over its pages, the suites and their programs."""

    standard: str
    sha256: Sha256


class RequirementAnswer(_Wire):
    """A requirement with its verdict. traces: its number in the standard."""

    number: Annotated[str, Field(pattern=r"^OSEA-CERT-[A-Z]{3}-\d{3}$")]
    level: Level
    traces: Annotated[str, Field(pattern=r"^OSEA-")]
    asks: str
    verdict: Verdict
    evidence: str


class SuiteAnswer(_Wire):
    """A suite of requirements. of: the subject's name; goes_up_to: the highest level that the suite can give."""

    code: Annotated[str, Field(pattern=r"^[A-Z]{3}$")]
    name: str
    of: str
    level: LevelOrNone
    goes_up_to: Level
    requirements: Annotated[tuple[RequirementAnswer, ...], Field(min_length=1)]


class CertificateBody(_Wire):
    """What is signed: its canonical bytes (RFC 8785). Whole numbers, texts, lists and objects alone stand in it."""

    schema_: Annotated[Literal["osea/certificate/v1"], Field(alias="schema")]
    subject: Subject
    tool: Tool
    corpus: Corpus
    level: LevelOrNone
    suites: Annotated[tuple[SuiteAnswer, ...], Field(min_length=1)]
    issued_at: Utc
    expires_at: Utc


class CertificateFile(_Wire):
    """A certificate of `osea certify`. signature: null where it bears none; then it proves nothing."""

    certificate: CertificateBody
    signature: Token | None


class Revocation(_Wire):
    """A certificate that is withdrawn. sha256: of the canonical bytes of its first member."""

    sha256: Sha256
    revoked_at: Utc
    reason: str


class RevocationBody(_Wire):
    """What is signed of a revocation list."""

    schema_: Annotated[Literal["osea/revocation-list/v1"], Field(alias="schema")]
    issued_at: Utc
    revoked: tuple[Revocation, ...]


class RevocationListFile(_Wire):
    """A list of withdrawn certificates, of one issuer."""

    revocation_list: RevocationBody
    signature: Token


WIRE = {"certificate": CertificateFile, "revocation-list": RevocationListFile}
