"""Compiled COBS does what the plain functions do."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from osea_rocket.avionics.compiled_framing import Cobs
from osea_rocket.avionics.framing import cobs_decode, cobs_encode

CODER = Cobs(4096)
LONG = st.builds(
    lambda a, n, b: a + b"\x07" * n + b, st.binary(max_size=8), st.integers(250, 515), st.binary(max_size=8)
)


@given(st.binary(max_size=600) | st.lists(st.sampled_from([0, 1, 255]), max_size=600).map(bytes) | LONG)
def test_frames_are_those_of_the_plain_functions(data):
    encoded = CODER.encode(data)
    assert encoded == cobs_encode(data) + b"\0"
    assert CODER.decode(encoded[:-1]) == data


@given(st.binary(min_size=1, max_size=300))
def test_what_is_no_frame_is_refused_alike(data):
    try:
        wanted = cobs_decode(data)
    except ValueError:
        with pytest.raises(ValueError):
            CODER.decode(data)
    else:
        assert CODER.decode(data) == wanted


def test_frames_that_are_too_long_are_refused():
    with pytest.raises(ValueError, match="too long"):
        CODER.encode(bytes(5000))
