"""Campaigns: processor time of a hundred campaigns of 200 launches, each with its costs: `python benchmarks/campaign.py`.

Processor time, not the clock's: a loaded machine takes from the latter. Writes benchmarks/campaign.md with --write.
"""

import argparse
import os
import platform
import time
from datetime import UTC, datetime
from pathlib import Path

from osea_rocket.core.documents import load_document
from osea_rocket.studies.campaign.campaign import Case, campaign
from osea_rocket.studies.campaign.document import CampaignStudy

HERE = Path(__file__).resolve().parent
STUDY = HERE.parent / "examples" / "constellation" / "study.yaml"
CAMPAIGNS, LAUNCHES, GOAL = 100, 200, 10.0


def main() -> None:
    """Measure and print; write the table when asked to."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", action="store_true")
    arguments = parser.parse_args()
    study = load_document(CampaignStudy, STUDY)
    case = Case(study, study.constellations[0], launches=LAUNCHES)
    model, draw = case.model(), case.drawing(CAMPAIGNS + 1)
    campaign(case, draw.single(0), 0, model)  # imports
    times = []
    for turn in range(3):
        begun = time.process_time()
        for n in range(1, CAMPAIGNS + 1):
            campaign(case, draw.single(n), 1000 * turn + n, model)
        times.append(time.process_time() - begun)
    text = (
        f"# Campaigns: speed\n\nMade by `python benchmarks/campaign.py --write` on {datetime.now(UTC):%Y-%m-%d}: "
        f"{os.cpu_count()} cores, {platform.machine()}, load average {os.getloadavg()[0]:.1f} at the end; one process.\n\n"
        "| What | Processor time, best and worst of three | Wanted |\n|---|---|---|\n"
        f"| {CAMPAIGNS} campaigns of {LAUNCHES} launches, flown and costed | {min(times):.1f} s, {max(times):.1f} s | "
        f"at most {GOAL:.0f} s |\n"
    )
    print(text)
    if arguments.write:
        (HERE / "campaign.md").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
