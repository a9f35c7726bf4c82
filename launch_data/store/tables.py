"""The tables of the store. Nothing in `revisions`, `links` and `audit` is ever changed but `opens_at`, when an embargo ends."""

from sqlalchemy import (
    BigInteger,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
)

METADATA = MetaData()
Position = BigInteger().with_variant(Integer, "sqlite")  # SQLite counts by itself only in an INTEGER

REVISIONS = Table(
    "revisions",
    METADATA,
    Column("position", Position, primary_key=True, autoincrement=True),  # the order in which revisions came in
    Column("id", Text, nullable=False),
    Column("revision", BigInteger, nullable=False),
    Column("kind", Text, nullable=False),
    Column("launch", Text),
    Column("issuer", Text, nullable=False),
    Column("state", Text),
    Column("status", Text, nullable=False),
    Column("sequence", BigInteger),  # of the countdown
    Column("sort_at", BigInteger, nullable=False),  # nanoseconds of TAI, as all times here
    Column("recorded_at", BigInteger, nullable=False),
    Column("level", Text, nullable=False),
    Column("opens_at", BigInteger),  # from then on for everybody; NULL: not yet known, or never
    Column("waits_for", Text),  # the event that ends an embargo
    Column("waits_ns", BigInteger),  # and how long after it
    Column("clearance", Text),
    Column("sha256", Text, nullable=False),
    Column("document", LargeBinary, nullable=False),  # as it was sent, byte for byte
    Column("open_document", LargeBinary),  # without its restricted fields, where it has any
    UniqueConstraint("id", "revision"),
    Index("revisions_in_time", "kind", "sort_at", "id"),
    Index("revisions_of_launch", "launch", "position"),
    Index("revisions_by_content", "sha256"),
    Index("revisions_opening", "level", "opens_at"),
)

ANNOUNCEMENTS = Table(  # what the feed tells, in order: each revision when it comes in, and again when its embargo ends
    "announcements",
    METADATA,
    Column("number", Position, primary_key=True, autoincrement=True),
    Column("event", Text, nullable=False, unique=True),  # drawn at random: numbers would tell how much is hidden
    Column("position", Position, ForeignKey("revisions.position"), nullable=False),
    Column("opening", Integer, nullable=False),
    UniqueConstraint("position", "opening"),
)

PARTNERS = Table(
    "partners",
    METADATA,
    Column("position", Position, ForeignKey("revisions.position"), primary_key=True),
    Column("partner", Text, primary_key=True),
)

LINKS = Table(  # what a revision names in fields that everybody may read
    "links",
    METADATA,
    Column("target", Text, primary_key=True),
    Column("position", Position, ForeignKey("revisions.position"), primary_key=True),
)

NAMED_FILES = Table(  # the files that a revision names, by content; `open`: in a field that everybody may read
    "named_files",
    METADATA,
    Column("sha256", Text, primary_key=True),
    Column("position", Position, ForeignKey("revisions.position"), primary_key=True),
    Column("open", Integer, nullable=False),
)

FILES = Table(
    "files",
    METADATA,
    Column("sha256", Text, primary_key=True),
    Column("content", LargeBinary, nullable=False),
)

TOKENS = Table(
    "tokens",
    METADATA,
    Column("id", Text, primary_key=True),
    Column("secret_sha256", Text, nullable=False),
    Column("role", Text, nullable=False),
    Column("party", Text),
    Column("clearances", Text, nullable=False),
    Column("label", Text, nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("expires_at", BigInteger, nullable=False),
    Column("revoked_at", BigInteger),
)

WEBHOOKS = Table(
    "webhooks",
    METADATA,
    Column("id", Text, primary_key=True),
    Column("token", Text, ForeignKey("tokens.id"), nullable=False),
    Column("url", Text, nullable=False),
    Column("kind", Text),
    Column("launch", Text),
    Column("number", Position, nullable=False),  # the last announcement that was delivered or is none of its
    Column("failures", Integer, nullable=False),
    Column("next_try_at", BigInteger, nullable=False),
)

AUDIT = Table(
    "audit",
    METADATA,
    Column("number", Position, primary_key=True, autoincrement=True),
    Column("at", BigInteger, nullable=False),
    Column("actor", Text, nullable=False),  # a token's id, never its secret; "-" without one
    Column("address", Text, nullable=False),
    Column("action", Text, nullable=False),
    Column("target", Text, nullable=False),
    Column("result", Text, nullable=False),
)
