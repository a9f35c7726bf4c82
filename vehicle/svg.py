"""The little SVG that a drawing needs: shapes, text, dimension lines, and labels that keep clear of each other."""

from html import escape

FONT = "Helvetica, Arial, 'Liberation Sans', 'DejaVu Sans', sans-serif"
INK, GREY, FAINT = "#1f2933", "#66727f", "#b8c1cb"


def text_width(text: str, size: float) -> float:
    """A generous width [px] of a line in a grotesque font: narrow letters .3 em, capitals and digits .62, the rest .55."""
    return sum(0.3 if c in "iljt.,:;|'· ()" else 0.68 if c.isupper() or c in "mwØ×–" else 0.56 for c in text) * size


class Sheet:
    """Collects SVG elements; y grows downwards."""

    def __init__(self) -> None:
        self.elements: list[str] = []

    def path(
        self, d: str, fill: str = "none", stroke: str = INK, width: float = 1.2, dash: str = "", opacity: float = 1.0
    ) -> None:
        extra = f' stroke-dasharray="{dash}"' if dash else ""
        extra += f' fill-opacity="{opacity:g}"' if opacity != 1.0 else ""
        self.elements.append(
            f'<path d="{d}" fill="{fill}" stroke="{stroke}" stroke-width="{width:g}" stroke-linejoin="round"{extra}/>'
        )

    def line(
        self, x1: float, y1: float, x2: float, y2: float, stroke: str = GREY, width: float = 0.8, dash: str = ""
    ) -> None:
        extra = f' stroke-dasharray="{dash}"' if dash else ""
        self.elements.append(
            f'<line x1="{x1:.2f}" y1="{y1:.2f}" x2="{x2:.2f}" y2="{y2:.2f}" stroke="{stroke}" stroke-width="{width:g}"{extra}/>'
        )

    def circle(self, x: float, y: float, r: float, fill: str = "none", stroke: str = INK, width: float = 1.2) -> None:
        self.elements.append(
            f'<circle cx="{x:.2f}" cy="{y:.2f}" r="{r:.2f}" fill="{fill}" stroke="{stroke}" stroke-width="{width:g}"/>'
        )

    def rect(self, x: float, y: float, w: float, h: float, fill: str, stroke: str = "none", width: float = 0.8) -> None:
        self.elements.append(
            f'<rect x="{x:.2f}" y="{y:.2f}" width="{w:.2f}" height="{h:.2f}" fill="{fill}" '
            f'stroke="{stroke}" stroke-width="{width:g}"/>'
        )

    def text(
        self,
        x: float,
        y: float,
        text: str,
        size: float = 12,
        anchor: str = "middle",
        weight: str = "normal",
        colour: str = INK,
    ) -> None:
        self.elements.append(
            f'<text x="{x:.2f}" y="{y:.2f}" font-size="{size:g}" text-anchor="{anchor}" font-weight="{weight}" '
            f'fill="{colour}">{escape(text)}</text>'
        )

    def arrow(self, x: float, y: float, direction: float) -> None:
        """A slim horizontal arrow head with its tip at (x, y), pointing right (+1) or left (-1)."""
        self.path(f"M{x:.2f},{y:.2f} l{-8 * direction:g},-2.2 v4.4 z", fill=GREY, stroke="none")

    def dimension(self, x1: float, x2: float, y: float, label: str, size: float = 12) -> None:
        """A horizontal dimension line at height y between x1 and x2; its label stands on the line or beside a short one."""
        self.line(x1, y, x2, y)
        self.arrow(x1, y, -1)
        self.arrow(x2, y, 1)
        width = text_width(label, size)
        if width + 26 <= x2 - x1:
            self.rect((x1 + x2 - width) / 2 - 4, y - size / 2, width + 8, size, "#ffffff")
            self.text((x1 + x2) / 2, y + size * 0.36, label, size, colour=INK)
        else:
            self.text(x2 + 6, y + size * 0.36, label, size, anchor="start", colour=INK)

    def upright(self, x: float, y1: float, y2: float, start: float, label: str, size: float = 11.5) -> None:
        """A vertical dimension line at x from y1 down to y2, its extension lines from *start*; label beside it, turned."""
        for y in (y1, y2):
            self.line(start, y, x + (4 if x > start else -4), y, stroke=FAINT, width=0.7)
        self.line(x, y1, x, y2)
        for y, tip in ((y1, 8), (y2, -8)):
            self.path(f"M{x:.2f},{y:.2f} l-2.2,{tip} h4.4 z", fill=GREY, stroke="none")
        middle, across = (y1 + y2) / 2, x + (size + 2 if x > start else -5)
        self.elements.append(
            f'<text x="{across:.2f}" y="{middle:.2f}" font-size="{size:g}" text-anchor="middle" fill="{INK}" '
            f'transform="rotate(-90 {across:.2f} {middle:.2f})">{escape(label)}</text>'
        )

    def document(self, width: float, height: float, title: str, description: str) -> str:
        """The finished SVG, white, scalable."""
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:.0f} {height:.0f}" role="img" '
            f'font-family="{escape(FONT)}">'
            f"<title>{escape(title)}</title><desc>{escape(description)}</desc>"
            f'<rect width="{width:.0f}" height="{height:.0f}" fill="#ffffff"/>' + "".join(self.elements) + "</svg>"
        )


def spread(centres: list[float], widths: list[float], low: float, high: float, gap: float) -> list[float]:
    """Centres moved as little as need be along a line so that boxes of these widths, in this order, do not overlap.

    Boxes that touch form a block, which stands at the mean of what its members want; blocks merge until all are clear.
    """
    blocks: list[list] = []  # [sum of wanted left edges, number, width, first index]
    for centre, width in zip(centres, widths, strict=True):
        blocks.append([centre - width / 2, 1, width + gap])
        while len(blocks) > 1:
            left, right = blocks[-2], blocks[-1]
            if left[0] / left[1] + left[2] <= right[0] / right[1]:
                break
            blocks[-2:] = [[left[0] + right[0] - right[1] * left[2], left[1] + right[1], left[2] + right[2]]]
    placed: list[float] = []
    for wanted, number, width in blocks:
        start = min(max(wanted / number, low), max(high - width + gap, low))
        if placed:
            start = max(start, placed[-1] + widths[len(placed) - 1] / 2 + gap)
        for _ in range(number):
            w = widths[len(placed)]
            placed.append(start + w / 2)
            start += w + gap
    # A block pushed left by the sheet's edge may have met its neighbour: settle from the right.
    for i in range(len(placed) - 1, -1, -1):
        limit = (
            high - widths[i] / 2 if i == len(placed) - 1 else placed[i + 1] - widths[i + 1] / 2 - gap - widths[i] / 2
        )
        placed[i] = min(placed[i], limit)
    return placed


def rows(intervals: list[tuple[float, float]], gap: float) -> list[int]:
    """The lowest row for each interval in which it meets no other."""
    taken: list[list[tuple[float, float]]] = []
    result = []
    for a, b in intervals:
        for i, row in enumerate(taken):
            if all(b + gap <= c or d + gap <= a for c, d in row):
                row.append((a, b))
                result.append(i)
                break
        else:
            taken.append([(a, b)])
            result.append(len(taken) - 1)
    return result
