"""`make gallery`: run the examples behind the gallery and take their figures into docs/images/gallery; a minute or two.

The README's pictures are a side view over an ascent, put together by Chromium where it is there; else they stay as they are.
"""

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
IMAGES = ROOT / "docs/images/gallery"
PAGE = """<!doctype html><meta charset="utf-8"><body style="margin: 0; background: #fff; text-align: center">
<img src="{side}" style="width: 1180px"><br><img src="{ascent}" style="width: 720px; margin-top: 8px">"""
WINDOW = "1210,1050"
PICTURES = (("design examples/osea_r1/flights/transfer.yaml", "osea-r1.png"),)
# command (its --out is added), then its figures and the names that they get here
RUNS: tuple[tuple[str, dict[str, str]], ...] = (
    (
        "design examples/falcon9/study.yaml",
        {
            "figures/side_view.svg": "side-view.svg",
            "figures/delta_v.svg": "velocity-budget.svg",
            "figures/ground_track.svg": "ground-track.svg",
            "figures/steering.svg": "steering.svg",
            "figures/mass_history.svg": "mass-history.svg",
        },
    ),
    (
        "check examples/avionics/electrical.yaml",
        {"power_tree.svg": "power-tree.svg", "wiring_string_f1_signals.svg": "wiring.svg"},
    ),
)


def main() -> int:
    """Run each command in a folder of its own and copy what it drew."""
    IMAGES.mkdir(parents=True, exist_ok=True)
    for command, figures in RUNS:
        with tempfile.TemporaryDirectory() as folder:
            out = Path(folder) / "run"
            if code := _run(command, out):
                return code
            for figure, name in figures.items():
                shutil.copyfile(out / figure, IMAGES / name)
    browser = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if browser is None:
        print("no Chromium: the README's pictures stay as they are", file=sys.stderr)
    for command, name in PICTURES if browser else ():
        with tempfile.TemporaryDirectory() as folder:
            if code := _run(command, Path(folder) / "run"):
                return code
            put_together(browser or "", Path(folder) / "run", IMAGES.parent / name)
    return 0


def _run(command: str, out: Path) -> int:
    """Run a command of ours into *out*; its exit code."""
    call = [sys.executable, "-m", "osea_rocket", *command.split(), "--out", str(out)]
    done = subprocess.run(call, cwd=ROOT, stdout=subprocess.DEVNULL, check=False)  # noqa: S603  our own command
    if done.returncode != 0:
        print(f"osea {command}: exit code {done.returncode}", file=sys.stderr)
    return done.returncode


def put_together(browser: str, run: Path, picture: Path) -> None:
    """A run's side view over its ascent, as a PNG. Raises CalledProcessError where the browser fails."""
    with tempfile.TemporaryDirectory() as folder:
        page = Path(folder) / "page.html"
        side, ascent = ((run / f"figures/{name}.svg").resolve().as_uri() for name in ("side_view", "ascent"))
        page.write_text(PAGE.format(side=side, ascent=ascent), encoding="utf-8")
        shot = ["--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", f"--user-data-dir={folder}/profile",
                f"--window-size={WINDOW}", f"--screenshot={picture}", page.as_uri()]  # fmt: skip
        subprocess.run([browser, *shot], stderr=subprocess.DEVNULL, timeout=300, check=True)  # noqa: S603  found by name


if __name__ == "__main__":
    sys.exit(main())
