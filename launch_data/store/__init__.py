"""Where records are kept: revisions that are only ever appended, by the URL of a SQLite file or a PostgreSQL database.

Without the extra `server` importing this raises MissingExtraError.
"""

from importlib.util import find_spec

from ...core.errors import MissingExtraError

if find_spec("sqlalchemy") is None:
    raise MissingExtraError("sqlalchemy", "server")
