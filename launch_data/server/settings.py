"""What can be set of a server."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Settings:
    """Limits. rate: requests a second of one client (address, or token), 0 for no limit; burst: how many at once."""

    rate: float = 50.0
    burst: int = 200
    largest_request: int = 4 << 20  # bytes of records
    largest_file: int = 64 << 20  # bytes of a file
    most_files: int = 8  # files in memory at a time, coming or going
    most_records: int = 1000  # in one request
    body_time: float = 30.0  # s in which a request's body has to be there
    head_time: float = 10.0  # s in which a request's head has to be there
    largest_head: int = 64 << 10  # bytes
    most_streams: int = 1000  # live feeds at a time
    most_streams_of_one: int = 200  # of one client
    send_time: float = 30.0  # s after which a reader that takes nothing is dropped
    heartbeat: float = 15.0  # s between signs of life of a quiet feed
    poll: float = 0.5  # s between looks for what other processes have written
    webhook_time: float = 10.0  # s in which a receiver has to answer
    private_webhooks: bool = False  # may webhooks lead to private addresses and plain HTTP?
