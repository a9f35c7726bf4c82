"""Files that records name, by their SHA-256. A file is taken from whoever's record names it, and once."""

import hashlib

from sqlalchemy import exists, insert, select

from ...core.errors import InputError
from .access import Reader
from .store import Store, write_audit
from .tables import FILES, NAMED_FILES, REVISIONS


def put_file(store: Store, sha256: str, content: bytes, writer: Reader, address: str = "-") -> bool:
    """Keep a file; False when it was there. Raises InputError when its hash is another or no record of the party names it."""
    if hashlib.sha256(content).hexdigest() != sha256:
        raise InputError("the content has another SHA-256 than the address says", where=sha256)
    named = select(REVISIONS.c.position).join(NAMED_FILES, NAMED_FILES.c.position == REVISIONS.c.position)
    with store.writing() as connection:
        if not connection.execute(
            named.where(NAMED_FILES.c.sha256 == sha256, REVISIONS.c.issuer == writer.party).limit(1)
        ).first():
            raise InputError("no record of this token's party names such a file; append the record first", where=sha256)
        if connection.execute(select(exists().where(FILES.c.sha256 == sha256))).scalar():
            return False
        connection.execute(insert(FILES).values(sha256=sha256, content=content))
        write_audit(connection, writer.token or "-", address, "file", sha256, f"{len(content)} bytes")
    return True
