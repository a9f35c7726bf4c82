"""Colours, fonts and sizes that every figure and page of a report share."""

# ink and paper
INK = "#1b2733"
MUTED = "#5f6b76"
HAIRLINE = "#a3adb6"
RULE = "#d3d9df"
FAINT = "#eef1f4"
ACCENT = "#1f4e79"
LAND = "#e6e8e3"
COAST = "#a9b0a6"

# Series colours: Paul Tol's "bright" scheme (SRON/EPS/TN/09-002, issue 3.2, 2021), safe for colour-blind readers; the blue is
# put first and the yellow, weak on white, last.
SERIES = ("#4477AA", "#EE6677", "#228833", "#AA3377", "#66CCEE", "#CCBB44")

SEVERITY = {"OK": "#2f7d4f", "WARN": "#a86a00", "ERROR": "#b3261e", "UNKNOWN": "#6a4c93"}
GRADES = {
    "read": "read in the source itself",
    "secondary": "taken from a work that cites the source",
    "recalled": "from memory, not checked; never used as validation",
    "estimate": "an estimate",
}

FONT_STACK = '"Helvetica Neue", Helvetica, Arial, "Liberation Sans", "Noto Sans", "Noto Sans CJK SC", sans-serif'
FIGURE_WIDTH = 7.2  # in: the text width of A4 with its margins
FONT_SIZE = 7.5  # pt in figures, at that width


def matplotlib_style() -> dict:
    """The rcParams of the house style; text stays text, so that figures use the reader's fonts and can be searched."""
    return {
        "axes.axisbelow": True,
        "axes.edgecolor": MUTED,
        "axes.facecolor": "none",
        "axes.grid": True,
        "axes.labelcolor": INK,
        "axes.labelsize": FONT_SIZE,
        "axes.linewidth": 0.6,
        "axes.spines.right": False,
        "axes.spines.top": False,
        "axes.titlelocation": "left",
        "axes.titlesize": FONT_SIZE,
        "axes.titleweight": "bold",
        "axes.titlepad": 4.0,
        "axes.unicode_minus": True,
        "figure.facecolor": "none",
        "font.family": "DejaVu Sans",
        "font.size": FONT_SIZE,
        "grid.color": RULE,
        "grid.linewidth": 0.4,
        "hatch.linewidth": 0.5,
        "legend.borderaxespad": 0.2,
        "legend.fontsize": FONT_SIZE - 0.5,
        "legend.frameon": False,
        "legend.handlelength": 1.6,
        "lines.linewidth": 1.25,
        "lines.solid_capstyle": "round",
        "path.simplify": True,
        "path.simplify_threshold": 0.25,
        "svg.fonttype": "none",
        "svg.hashsalt": "osea",
        "text.color": INK,
        "xtick.color": MUTED,
        "xtick.labelcolor": INK,
        "xtick.labelsize": FONT_SIZE - 0.5,
        "xtick.major.size": 2.5,
        "xtick.major.width": 0.6,
        "ytick.color": MUTED,
        "ytick.labelcolor": INK,
        "ytick.labelsize": FONT_SIZE - 0.5,
        "ytick.major.size": 2.5,
        "ytick.major.width": 0.6,
    }
