"""The page in Debian's Chromium, as on a desk and on a phone: what it shows, that it follows the feed, that it fits."""

import shutil
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from serving import PROVIDER, Client, example, later, put, serving
from test_consumers import LAUNCH, load

from osea_rocket.launch_data.store import tokens
from osea_rocket.launch_data.store.store import Store

DESK: dict[str, Any] = {"viewport": {"width": 1280, "height": 900}}
PHONE: dict[str, Any] = {"viewport": {"width": 390, "height": 844}, "is_mobile": True, "has_touch": True}
PAGES = {
    "manifest": "#/",
    "launch": f"#/record/{LAUNCH}",
    "boosters": "#/vehicles",
    "record": "#/record/urn:osea:example:pad:1",
}


COLOURS = """() => {
  const canvas = document.querySelector("canvas"), seen = new Set();
  const data = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data;
  for (let i = 0; i < data.length; i += 4) seen.add(`${data[i] >> 5},${data[i + 1] >> 5},${data[i + 2] >> 5}`);
  return seen.size;
}"""


def until(shown: Any, selector: str, holds: Callable[[str], bool]) -> None:
    """Wait until the text of an element is so; the page's policy lets nobody evaluate a condition in it."""
    end = time.monotonic() + 20.0
    while not holds(shown.inner_text(selector)):
        assert time.monotonic() < end, shown.inner_text(selector)
        time.sleep(0.1)


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """Chromium without a window."""
    found = shutil.which("chromium")
    if found is None:
        pytest.skip("no Chromium (Debian: apt-get install chromium)")
    from playwright.sync_api import sync_playwright

    switches = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
    with sync_playwright() as play:
        running = play.chromium.launch(executable_path=found, args=switches)
        yield running
        running.close()


@pytest.fixture
def launch(sqlite_store: Store) -> Iterator[tuple[Client, Store, Any]]:
    """A server with a launch in flight, at T+10 min."""
    with serving(sqlite_store) as client:
        token = tokens.issue(sqlite_store, "provider", party=PROVIDER, days=1).text
        now = datetime.now(UTC).replace(microsecond=0)
        provider = load("provider").Provider(client.url, token, now - timedelta(minutes=10))
        provider.play(now)
        yield client, sqlite_store, provider


def view(browser: Any, client: Client, kind: dict[str, Any], page: str) -> tuple[Any, list[str]]:
    """A page that is shown, and what its scripts complained of."""
    shown = browser.new_page(**kind)
    faults: list[str] = []
    shown.on("pageerror", lambda error: faults.append(str(error)))
    shown.on("console", lambda message: faults.append(message.text) if message.type == "error" else None)
    shown.goto(f"{client.url}/{PAGES.get(page, page)}")
    shown.wait_for_selector("h1, h2", timeout=60_000)
    return shown, faults


def test_pages_fit_a_desk_and_a_phone(browser: Any, launch: tuple[Client, Store, Any]):
    client, _, _ = launch
    outside: list[str] = []
    for kind in (DESK, PHONE):
        for page in (*PAGES, "docs"):
            shown, faults = view(browser, client, kind, page)
            shown.on("request", lambda r: None if r.url.startswith(client.url) else outside.append(r.url))
            width = shown.evaluate("document.documentElement.scrollWidth")
            assert width <= kind["viewport"]["width"], (page, width)
            assert faults == [], (page, faults)
            assert "\n0\n" not in shown.inner_text("main") and "\n00\n" not in shown.inner_text("main") + "\n", page
            assert "undefined" not in shown.inner_text("body") and "NaN" not in shown.inner_text("body"), page
            shown.close()
    assert outside == []


def test_a_launch_is_shown_and_followed(browser: Any, launch: tuple[Client, Store, Any]):
    client, _, provider = launch
    shown, _ = view(browser, client, DESK, "launch")
    text = shown.inner_text("main")
    for word in (
        "R1 flight 12",
        "stage separation",
        "COMPUTE_3",
        "GCRF",
        "flight.ocm",
        "scrubbed",
        "upper winds",
        "750 × ",
    ):
        assert word in text, word
    shown.wait_for_selector(".link.on", timeout=20_000)
    face = shown.inner_text(".count")
    assert face.startswith("T+00:1")
    until(shown, ".count", lambda text: text != face)
    assert "T+00:59:40" not in text.split("Separation vectors")[0]  # not yet on the timeline
    at = provider.t0 + timedelta(seconds=3580.0)
    provider.send(provider.event("separation of COMPUTE_1", 3580.0, at, at))
    until(shown, ".timeline", lambda text: "separation of COMPUTE_1" in text)
    assert shown.evaluate(COLOURS) > 20  # sea, land, track: a globe was drawn
    shown.close()


def test_a_hold_stops_the_clock_and_a_scrub_ends_it(browser: Any, sqlite_store: Store):
    t0 = datetime.now(UTC).replace(microsecond=0) + timedelta(minutes=20)
    form = "%Y-%m-%dT%H:%M:%SZ"
    moment = {"value": t0.strftime(form), "precision": "second", "kind": "planned"}
    record = example("launch", status="planned", state="go", t0=moment, attempts=[], alt_ids=[])
    put(sqlite_store, record, example("site"), example("pad"))
    clock = example("countdown-clock", state="holding", t_s=-600.0, hold_reason="range safety")
    clock.pop("t0")
    with serving(sqlite_store) as client:
        shown, _ = view(browser, client, PHONE, f"#/record/{record['id']}")
        shown.wait_for_selector(".link.on", timeout=20_000)
        assert shown.inner_text(".count").startswith("T−00:")
        put(sqlite_store, clock)
        until(shown, ".count", lambda text: text == "T−00:10:00")
        assert "range safety" in shown.inner_text(".count-note")
        put(sqlite_store, later(record, state="scrubbed"))
        until(shown, ".count", lambda text: text == "Scrubbed")
        shown.close()


def test_markup_in_a_record_stays_text(browser: Any, sqlite_store: Store):
    evil = "<img src=x onerror=\"document.title='owned'\"><script>document.title='owned'</script>"
    put(sqlite_store, example("launch", name=evil), example("site", name=evil), example("pad", name=evil))
    with serving(sqlite_store) as client:
        for page in ("#/", f"#/record/{example('launch')['id']}", f"#/record/{example('site')['id']}"):
            shown, _ = view(browser, client, DESK, page)
            assert "onerror" in shown.inner_text("main")
            assert shown.title().endswith("Launch data") or "<img" in shown.title()
            assert shown.evaluate("document.querySelectorAll('main img, main script').length") == 0
            shown.close()
