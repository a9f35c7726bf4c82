"""A certificate as a page for people, and as a badge."""

from collections import Counter
from xml.sax.saxutils import escape

from ..report.pieces import Block, Column, Facts, KeyFigure, KeyFigures, Report, Table, Text
from .certificate import Certificate
from .judging import Verdict

COLOURS = {"bronze": "#8C5A2B", "silver": "#6B7680", "gold": "#9A7400", "platinum": "#2F5D73", "none": "#A3271F"}
_ORDER = [Verdict.FAILS, Verdict.UNKNOWN, Verdict.HOLDS, Verdict.DOES_NOT_APPLY]


def page(one: Certificate) -> str:
    """One HTML file: what is certified, then every requirement with its verdict and evidence."""
    body = one.body
    subject, suites = body["subject"], body["suites"]
    counts = Counter(r["verdict"] for s in suites for r in s["requirements"])
    level = "None" if body["level"] == "none" else body["level"].capitalize()
    report = Report(
        title=subject["name"],
        subtitle=f"Certificate of conformance with the OSEA standard {body['corpus']['standard']}: level {level}",
        facts=(
            ("Level", level),
            ("Issued", body["issued_at"]),
            ("Expires", body["expires_at"]),
            ("Signed", "yes; check it with osea certify verify" if one.token else "no: a report, not a certificate"),
            ("SHA-256", one.sha256[:24] + "…"),
        ),
        footer=f"OSEA-Rocket {body['tool']['version']}",
    )
    report = report.section(
        "Outcome",
        KeyFigures(
            (
                KeyFigure("Level", level, "", "the lowest of its suites" if len(suites) > 1 else ""),
                *(KeyFigure(str(v).capitalize(), str(counts[v]), "", "requirements") for v in _ORDER),
            )
        ),
        Table(
            (
                Column("suite"), Column("of"), Column("level"), Column("goes up to"),
                *(Column(str(v), align="right") for v in _ORDER),
            ),
            [
                (
                    s["code"], s["of"], s["level"], s["goes_up_to"],
                    *(sum(r["verdict"] == v for r in s["requirements"]) for v in _ORDER),
                )
                for s in suites
            ],
            "Suites. A level is reached when every requirement of it and of those below holds or does not apply.",
            "suites",
        ),
        *_open(suites),
    )  # fmt: skip
    for suite in suites:
        rows = [
            (_number(r), r["level"], r["verdict"], r["asks"], _whole(r["traces"]), r["evidence"])
            for r in suite["requirements"]
        ]
        columns = (
            Column("number"), Column("level"), Column("verdict"), Column("requirement"), Column("traced to"), Column("evidence"),
        )  # fmt: skip
        caption = f"Every requirement of the suite {suite['code']}: {suite['name']}."
        report = report.section(f"{suite['code']}: {suite['of']}", Table(columns, rows, caption))
    files = [(f["path"], f["sha256"]) for f in subject["files"]]
    tool, corpus = body["tool"], body["corpus"]
    return report.section(
        "What was asked of what",
        Facts(
            (
                ("Tool", f"{tool['name']} {tool['version']}"),
                ("Standard", corpus["standard"]),
                ("Corpus, SHA-256", corpus["sha256"]),
                ("Certificate, SHA-256", one.sha256),
            )
        ),
        Table((Column("file"), Column("SHA-256")), files, "Files. The certificate is void for one that changed."),
        *([Text("Not covered by any suite: " + ", ".join(subject["not_covered"]) + ".")] if subject.get("not_covered") else []),
    ).html()  # fmt: skip


def _number(requirement: dict) -> str:
    return _whole(requirement["number"].removeprefix("OSEA-CERT-"))


def _whole(text: str) -> str:
    """With hyphens at which no line breaks."""
    return text.replace("-", "\N{NON-BREAKING HYPHEN}")


def _open(suites: list[dict]) -> list[Block]:
    rows = [
        (_number(r), s["of"], r["level"], r["verdict"], r["evidence"])
        for s in suites
        for r in s["requirements"]
        if r["verdict"] in (Verdict.FAILS, Verdict.UNKNOWN)
    ]
    if not rows:
        return [Text("Every requirement of every level holds or does not apply.")]
    columns = (Column("number"), Column("of"), Column("level"), Column("verdict"), Column("why"))
    return [Table(columns, rows, "What does not hold, and what nobody can know from these files.", "open")]


def badge(one: Certificate) -> str:
    """An SVG for a web page or a README: OSEA, the standard's version and the level."""
    level = one.body["level"]
    left, right = f"OSEA {one.body['corpus']['standard']}", level if level != "none" else "no level"
    a, b = 12 + 6.8 * len(left), 12 + 6.8 * len(right)
    label = escape(f"{left}: {right}")
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{a + b:.0f}" height="20" role="img" aria-label="{label}">'
        f"<title>{label}</title>"
        f'<rect width="{a:.1f}" height="20" fill="#30343A"/>'
        f'<rect x="{a:.1f}" width="{b:.1f}" height="20" fill="{COLOURS[level]}"/>'
        '<g fill="#FFFFFF" text-anchor="middle" font-family="Verdana, DejaVu Sans, sans-serif" font-size="11">'
        f'<text x="{a / 2:.1f}" y="14">{escape(left)}</text><text x="{a + b / 2:.1f}" y="14">{escape(right)}</text></g></svg>\n'
    )
