"""Where webhooks may lead, and one request there: the address that was checked is the one that is called."""

import http.client
import ipaddress
import socket
import ssl
import threading
from collections.abc import Mapping
from urllib.parse import SplitResult, urlsplit

from ...core.errors import InputError


def check_target(url: str, private: bool) -> list[str]:
    """The addresses of a receiver. Raises InputError for what is no address of the public Internet reached by HTTPS.

    private: take every address, and plain HTTP as well, as within a company.
    """
    return _addresses(_parts(url, private), private)


def post(url: str, body: bytes, headers: Mapping[str, str], *, limit: float, private: bool) -> int:
    """Send a body and return the status; redirects are not followed. Raises OSError or http.client's errors, InputError.

    limit: seconds for all of it, however slowly the receiver answers.
    """
    parts = _parts(url, private)
    address = _addresses(parts, private)[0]
    connection = _Pinned(parts, address, limit)
    timer = threading.Timer(limit, connection.abort)
    timer.daemon = True
    timer.start()
    try:
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        connection.request("POST", path, body, dict(headers))
        return connection.getresponse().status
    finally:
        timer.cancel()
        connection.close()


def _parts(url: str, private: bool) -> SplitResult:
    try:
        parts = urlsplit(url)
        port_is_number = parts.port is None or parts.port > 0
    except ValueError:
        raise InputError("the webhook's URL is none") from None
    if not parts.hostname or not port_is_number or parts.username or parts.password or parts.fragment:
        raise InputError("the webhook's URL names a host, and neither user nor fragment")
    if parts.scheme != "https" and not (private and parts.scheme == "http"):
        raise InputError("a webhook is reached by https")
    return parts


def _addresses(parts: SplitResult, private: bool) -> list[str]:
    port = parts.port or (443 if parts.scheme == "https" else 80)
    try:
        found = [str(row[4][0]) for row in socket.getaddrinfo(parts.hostname, port, type=socket.SOCK_STREAM)]
    except (OSError, UnicodeError):
        raise InputError("the webhook's host has no address") from None
    if not private and not all(ipaddress.ip_address(a.partition("%")[0]).is_global for a in found):
        raise InputError("the webhook's host is not on the public Internet")
    return found


class _Pinned(http.client.HTTPConnection):
    """A connection to an address that was checked, with the certificate of the name."""

    def __init__(self, parts: SplitResult, address: str, limit: float) -> None:
        secure = parts.scheme == "https"
        super().__init__(parts.hostname or "", parts.port or (443 if secure else 80), timeout=limit)
        self._address, self._secure = address, secure

    def connect(self) -> None:
        self.sock = socket.create_connection((self._address, self.port), self.timeout)
        if self._secure:
            self.sock = ssl.create_default_context().wrap_socket(self.sock, server_hostname=self.host)

    def abort(self) -> None:
        if (sock := self.sock) is not None:
            sock.close()
