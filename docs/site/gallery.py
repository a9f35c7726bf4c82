"""`make gallery`: run the examples behind the gallery and take their figures into docs/images/gallery; a minute or two."""

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
IMAGES = ROOT / "docs/images/gallery"
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
            call = [sys.executable, "-m", "osea_rocket", *command.split(), "--out", str(out)]
            done = subprocess.run(call, cwd=ROOT, stdout=subprocess.DEVNULL, check=False)  # noqa: S603  our own command
            if done.returncode != 0:
                print(f"osea {command}: exit code {done.returncode}", file=sys.stderr)
                return done.returncode
            for figure, name in figures.items():
                shutil.copyfile(out / figure, IMAGES / name)
    return 0


if __name__ == "__main__":
    sys.exit(main())
