"""How a bench document's link is opened; each kind brings its own transport, imported when it is asked for."""

from ...core.errors import InputError
from .base import Transport
from .document import CanLink, CardLink, Link, SerialLink, TcpLink, UdpLink, host_port, is_loopback


def open_transport(link: Link, *, bind_beyond_loopback: bool = False) -> Transport:
    """Open a link. Raises InputError for an address that cannot be opened, or is not loopback and was not allowed."""
    where = link.where()
    if isinstance(link, UdpLink | TcpLink) and link.local is not None:
        host, _ = host_port(link.local)
        if not is_loopback(host) and not bind_beyond_loopback:
            text = f"'{link.local}' can be reached from other machines; say --bind to open it, or use 127.0.0.1"
            raise InputError(text, where=link.where("local"))
    if isinstance(link, CanLink) and link.interface == "udp_multicast" and not bind_beyond_loopback:
        text = f"the multicast group '{link.channel}' can be reached from other machines; say --bind to join it"
        raise InputError(text, where=link.where("channel"))
    try:
        if isinstance(link, UdpLink):
            from .udp import LearningUdp, Udp

            return (Udp if link.answers_from == "remote" else LearningUdp)(link.local, link.remote)
        if isinstance(link, TcpLink):
            from .stream import connect, listen

            return listen(link.local, link.framing) if link.local else connect(link.remote or "", link.framing)
        if isinstance(link, SerialLink):
            from .stream import serial_line

            return serial_line(link.port, link.baud, link.framing)
        if isinstance(link, CardLink):
            from ..cards import LINKS, installed

            return installed(LINKS, link.card, link.where("card"))(dict(link.options))
        assert isinstance(link, CanLink)
        from .can_bus import CanBus

        return CanBus(link)
    except OSError as error:
        raise InputError(f"the link cannot be opened: {error.strerror or error}", where=where) from None
