"""UTC instants: leap seconds, formatting, order."""

from datetime import datetime, timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from osea_rocket.core.errors import InputError
from osea_rocket.core.time import (
    Instant,
    format_utc,
    format_utc_array,
    parse_utc,
    parse_utc_array,
    tai_minus_utc,
    tai_minus_utc_array,
    utc_after,
)

tai_counts = st.integers(parse_utc("1972-01-01T00:00:00Z").tai, parse_utc("2100-01-01T00:00:00Z").tai)
around_a_leap_second = st.integers(-3 * 10**9, 3 * 10**9).map(lambda n: parse_utc("2016-12-31T23:59:60Z").tai + n)


@given(tai_counts | around_a_leap_second)
def test_a_formatted_instant_reads_back_exactly(tai):
    assert parse_utc(format_utc(Instant(tai), 9)).tai == tai


@given(st.lists(tai_counts | around_a_leap_second, max_size=9))
def test_many_instants_are_as_one_by_one(counts):
    tai = np.array(counts, np.int64)
    assert format_utc_array(tai) == [format_utc(Instant(t), 9, zulu=False) for t in counts]
    assert tai_minus_utc_array(tai).tolist() == [tai_minus_utc(Instant(t)) for t in counts]
    assert parse_utc_array(format_utc_array(tai)).tolist() == counts


@given(tai_counts | around_a_leap_second, st.integers(0, 10**10), st.integers(0, 9))
def test_text_order_is_time_order(tai, later, digits):
    assert format_utc(Instant(tai), digits) <= format_utc(Instant(tai + later), digits)


@given(tai_counts | around_a_leap_second, st.integers(0, 9))
def test_rounding_is_never_more_than_half_a_digit(tai, digits):
    shown = parse_utc(format_utc(Instant(tai), digits)).tai
    assert abs(shown - tai) * 2 <= 10 ** (9 - digits)


@given(st.datetimes(datetime(2017, 1, 2), datetime(2060, 1, 1)), st.integers(-(10**6), 10**6))
@settings(max_examples=50)
def test_away_from_leap_seconds_it_is_the_ordinary_calendar(when, milliseconds):
    epoch = when.isoformat(timespec="microseconds") + "Z"
    assert (
        utc_after(epoch, milliseconds / 1000.0)
        == (when + timedelta(milliseconds=milliseconds)).isoformat(timespec="microseconds") + "Z"
    )


@pytest.mark.parametrize(
    ("seconds", "expected"),
    [
        (0.5, "2016-12-31T23:59:59.500000Z"),
        (1.0, "2016-12-31T23:59:60.000000Z"),
        (1.9999999, "2017-01-01T00:00:00.000000Z"),
        (2.0, "2017-01-01T00:00:00.000000Z"),
        (-86399.0, "2016-12-31T00:00:00.000000Z"),
    ],
)
def test_seconds_are_added_through_a_leap_second(seconds, expected):
    # IERS Bulletin C 52 (July 2016): 2016 December 31, 23h 59m 60s; UTC-TAI = -37 s from 2017 January 1
    assert utc_after("2016-12-31T23:59:59Z", seconds) == expected


def test_tai_minus_utc_of_published_dates():
    # IERS Bulletin C 52: 36 s before, 37 s from 2017 January 1; Bulletin C 1 (1972): 10 s
    assert tai_minus_utc(parse_utc("1972-01-01T00:00:00Z")) == 10
    assert tai_minus_utc(parse_utc("2016-12-31T23:59:60.999Z")) == 36
    assert tai_minus_utc(parse_utc("2017-01-01T00:00:00Z")) == 37


def test_terrestrial_time_agrees_with_erfa():
    import erfa

    instant = parse_utc("2007-04-05T12:00:00Z")
    day, fraction = instant.terrestrial_time()
    tt = erfa.taitt(*erfa.utctai(*erfa.dtf2d("UTC", 2007, 4, 5, 12, 0, 0.0)))
    assert (day - float(tt[0])) + (fraction - float(tt[1])) == pytest.approx(0.0, abs=1e-15)
    ut1 = erfa.utcut1(*erfa.dtf2d("UTC", 2007, 4, 5, 12, 0, 0.0), -0.072073685)
    day, fraction = instant.universal_time(-0.072073685)
    assert (day - float(ut1[0])) + (fraction - float(ut1[1])) == pytest.approx(0.0, abs=1e-15)


def test_day_of_year_form_and_missing_z():
    assert parse_utc("2024-366T01:02:03.5") == parse_utc("2024-12-31T01:02:03.5Z")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "2027-03-01",
        "2027-03-01 12:00:00Z",
        "2027-03-01T12:00Z",
        "2027-03-01T12:00:00+01:00",
        "2027-13-01T00:00:00Z",
        "2027-02-29T00:00:00Z",
        "2027-366T00:00:00Z",
        "2027-000T00:00:00Z",
        "2027-03-01T24:00:00Z",
        "2027-03-01T12:60:00Z",
        "2027-03-01T23:59:60Z",
        "2016-12-31T12:00:60Z",
        "1971-12-31T00:00:00Z",
        "2027-03-01T12:00:00Z\n",
        "２027-03-01T12:00:00Z",
        "2027-03-01T12:00:61Z",
        "9999-999T00:00:00Z",
    ],
)
def test_what_is_not_utc_is_refused(text):
    with pytest.raises(InputError):
        parse_utc(text)


def test_a_duration_must_be_finite():
    with pytest.raises(InputError):
        parse_utc("2027-03-01T12:00:00Z").plus(float("nan"))
