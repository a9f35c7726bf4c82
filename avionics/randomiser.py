"""The pseudo-random sequences that keep a link's bits changing: added before sending and after receiving."""

from functools import cache

TELEMETRY = (7, 5, 3, 0)  # x^8 + x^7 + x^5 + x^3 + 1, CCSDS 131.0-B §10.4 (the 255-bit sequence)
TELECOMMAND = (6, 4, 3, 2, 1, 0)  # x^8 + x^6 + x^4 + x^3 + x^2 + x + 1, CCSDS 231.0-B §6.2


@cache
def sequence(octets: int, taps: tuple[int, ...] = TELEMETRY) -> int:
    """So many octets of the sequence, begun with ones, as one big-endian number."""
    bits = [1] * 8
    while len(bits) < min(8 * octets, 255):
        bits.append(sum(bits[len(bits) - 8 + tap] for tap in taps) & 1)
    bits = (bits * (8 * octets // 255 + 1))[: 8 * octets]
    return int("".join(map(str, bits)) or "0", 2)


def randomised(data: bytes, taps: tuple[int, ...] = TELEMETRY) -> bytes:
    """The octets combined with the sequence; doing it again gives them back."""
    n = len(data)
    return (int.from_bytes(data, "big") ^ sequence(n, taps)).to_bytes(n, "big")
