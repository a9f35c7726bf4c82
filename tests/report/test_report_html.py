"""The assembled page: complete, self-contained, escaped, numbered, the same every time."""

import base64
import hashlib
import re
import subprocess
import sys
from html import unescape
from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from osea_rocket.core.findings import Finding, Severity
from osea_rocket.report.pieces import (
    Cell,
    Column,
    Facts,
    Figure,
    FindingsBlock,
    KeyFigure,
    KeyFigures,
    Report,
    Row,
    Section,
    Side,
    SourceNote,
    SourcesBlock,
    Table,
    Text,
)

SQUARE = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 10 20"><rect width="10" height="20"/></svg>'
READ = SourceNote("read", "A book & its <page> 3")
RECALLED = SourceNote("recalled", "heard once")
VOID = {"meta", "br", "hr", "img", "link", "input"}


class Tags(HTMLParser):
    """Checks that tags nest, and collects ids, links and addresses."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: list[str] = []
        self.ids: list[str] = []
        self.links: list[str] = []
        self.feed(html)
        assert self.open == []

    def handle_starttag(self, tag, attrs):
        self.seen.append(tag)
        if tag not in VOID:
            self.open.append(tag)
        for name, value in attrs:
            assert not name.startswith("on") and name not in ("src", "srcset")
            self.ids += [value or ""] if name == "id" else []
            self.links += [value or ""] if name.endswith("href") else []

    def handle_startendtag(self, tag, attrs):
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.open.pop()

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


def full_report() -> Report:
    mass = Table(
        (Column("Part"), Column("Mass", "t", scale=1e-3, decimals=2), Column("Note")),
        [
            Row(("Stage <1>",), "group"),
            Row(("Dry", Cell(22200.0, (READ,)), "as <b>given</b>"), indent=1),
            ("Fairing", None, True),
            Row(("All", 24100.0, ""), "total"),
        ],
        "Masses.",
        label="mass",
    )
    report = Report("A <title>", "and what it says", (("Study", "a&b.yaml"),), footer='</style><b>"x"\\')
    report = report.section(
        "Result",
        KeyFigures((KeyFigure("Payload", 22800.0, "kg", digits=3), KeyFigure("Name", "F9"), KeyFigure("None", None))),
        Text("See [[mass]] and [[view]].\n\nSecond paragraph.", (RECALLED, READ)),
        FindingsBlock(
            [
                Finding(Severity.OK, "a.ok", "", "fine", 0.5),
                Finding(Severity.ERROR, "a.bad", "f.yaml:1:2", "not <fine>", -0.25),
                Finding(Severity.UNKNOWN, "a.unknown", "", "who knows"),
            ]
        ),
    )
    side = Side(
        (Figure(SQUARE, "View.", label="view", height_mm=100.0), (mass, Facts((("Length", 70.0, "m"),)))), (1, 2)
    )
    return report.section("Vehicle", side, Section("Details", (Figure(SQUARE, "Again."),))).section(
        "Sources", SourcesBlock()
    )


def test_page_is_whole_and_needs_nothing_else():
    html = full_report().html()
    tags = Tags(html)
    assert len(tags.ids) == len(set(tags.ids))
    assert "script" not in tags.seen and "link" not in tags.seen
    assert all(link.startswith("#") and link[1:] in tags.ids for link in tags.links), (
        "links stay in the page and arrive"
    )
    assert "http" not in html.replace("http://www.w3.org/2000/svg", "").replace("http-equiv", "")
    assert html == full_report().html()


def test_a_page_in_a_figure_runs_shut_off_in_its_frame():
    inner = '<!doctype html><title>"A" & b</title><script>let a=1<2</script>'
    html = Report(title="r").section("Body", Figure("", "It turns.", label="body", page=inner)).html()
    tags = Tags(html)
    assert "iframe" in tags.seen and "script" not in tags.seen  # the page is an attribute's text
    frame = re.search(r'<iframe [^>]*sandbox="allow-scripts"[^>]* srcdoc="([^"]*)"', html)
    assert frame is not None and unescape(frame[1]) == inner
    digest = base64.b64encode(hashlib.sha256(b"let a=1<2").digest()).decode()
    assert f"script-src 'sha256-{digest}'" in unescape(html)  # that script, and no other
    assert "script-src" not in full_report().html()


def test_text_is_escaped():
    html = full_report().html()
    for escaped in (
        "A &lt;title&gt;",
        "a&amp;b.yaml",
        "as &lt;b&gt;given",
        "not &lt;fine&gt;",
        "A book &amp; its &lt;page&gt; 3",
    ):
        assert escaped in html
    assert html.count("</style>") == 1


@given(st.text(max_size=60))
@settings(max_examples=60, deadline=None)
def test_any_text_stays_text(text):
    text = re.sub(r"[\[\]]", "", text)
    report = Report(text, text, ((text, text),), footer=text).section(
        text,
        Text(text, (SourceNote("read", text),)),
        Table((Column(text, text),), [(text,)], text),
        SourcesBlock(),
        FindingsBlock([Finding(Severity.WARN, text, text, text, 0.1)]),
        Figure(SQUARE, text),
        KeyFigures((KeyFigure(text, text),)),
    )
    tags = Tags(report.html())
    plain = Report("t", "t", (("t", "t"),), footer="t").section(
        "t",
        Text("t", (SourceNote("read", "t"),)),
        Table((Column("t", "t"),), [("t",)], "t"),
        SourcesBlock(),
        FindingsBlock([Finding(Severity.WARN, "t", "t", "t", 0.1)]),
        Figure(SQUARE, "t"),
        KeyFigures((KeyFigure("t", "t"),)),
    )
    assert set(tags.seen) <= set(Tags(plain.html()).seen)


def test_figures_tables_sections_and_sources_are_numbered():
    html = full_report().html()
    assert '<a href="#table-1">Table&nbsp;1</a>' in html and '<a href="#figure-1">Figure&nbsp;1</a>' in html
    assert "<b>Figure 2</b> Again." in html and '<span class="heading-number">2.1</span>Details' in html
    first, second = html.index('id="source-1"'), html.index('id="source-2"')
    assert first < html.index("heard once") < second < html.index("A book &amp;"), "in order of first use"
    assert html.count('href="#source-2"') == 2, "a source cited twice has one number"


def test_findings_stand_gravest_first_with_margins():
    html = full_report().html()
    order = [html.index(f">{m}<span") for m in ("not &lt;fine&gt;", "who knows", "fine")]
    assert order == sorted(order)
    assert "\u221225\u00a0%" in html and "50\u00a0%" in html
    assert (
        "fine<"
        not in Report("t").section("s", FindingsBlock([Finding(Severity.OK, "r", "", "fine")], show_ok=False)).html()
    )


@pytest.mark.parametrize(
    "block",
    [
        Text("[[nowhere]]"),
        Table((Column("a"), Column("b")), [(1,)], "short row"),
        Side((Text("a"), Text("b")), (1,)),
        Text("x", (SourceNote("rumour", "someone"),)),
        (Figure(SQUARE, "a", label="x"), Figure(SQUARE, "b", label="x")),
    ],
)
def test_a_report_that_contradicts_itself_is_refused(block):
    with pytest.raises(ValueError, match=r"nowhere|columns|widths|rumour|label"):
        Report("t").section("s", block).html()


def test_what_is_no_piece_is_refused():
    with pytest.raises(TypeError, match="str"):
        Report("t").section("s", "plain").html()  # pyright: ignore[reportArgumentType]


def test_importing_the_report_loads_no_heavy_package():
    modules = "pieces, html, plots, ground_track, svg, tables, theme, phases"
    heavy = "{'matplotlib', 'jinja2', 'scipy'}"
    code = f"import sys; from osea_rocket.report import {modules}; assert not {heavy} & set(sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True)
