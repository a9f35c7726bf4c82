"""The covariance at injection that `osea data build` publishes: do flights that it was not made from lie within it?

``python -m osea_rocket.validation.injection`` prints the table.
"""

import numpy as np

from ..core.documents import load_document
from ..core.errors import OseaError
from ..launch_data.packaging.injection import STATE, Injection, at_one_time
from ..studies.dispersion import DispersionStudy
from ..studies.dispersion_build import build_dispersion
from ..studies.dispersion_command import fly_all
from .comparison import Comparison
from .falcon9 import EXAMPLE

GROUP = "Launch data"
RUNS = 5000
LIMIT = 12.591587  # chi-square of six degrees of freedom, 95 %: Abramowitz & Stegun 1972, table 26.8
SOURCE = "the normal law, for which the 95 % ellipsoid is stated"


def comparisons() -> list[Comparison]:
    """Coverage of held-out flights of the example's dispersion by the ellipsoid of the others, and that it is one."""
    file = EXAMPLE.with_name("dispersion.yaml")
    if not file.is_file():
        return []
    names = (
        "held-out dispersed flights within the 95 % ellipsoid",
        "eigenvalues of the covariance that are not positive",
    )
    try:
        dispersion = load_document(DispersionStudy, file)
        columns, _ = fly_all(build_dispersion(dispersion).model, dispersion, RUNS, jobs=1)
    except OseaError as error:
        return [Comparison(GROUP, n, "", None, SOURCE, "read", error=error.message) for n in names]
    found = at_one_time(
        np.column_stack([columns[n] for n in STATE]).astype(float),
        columns["insertion_time_s"].astype(float),
        [columns[n].astype(float) for n in columns if n.startswith("failed_")],
    )
    order = np.random.default_rng(20270301).permutation(len(found.states))
    half = len(order) // 2
    made, held = Injection(found.time, found.states[order[:half]]), found.states[order[half:]]
    scale = np.sqrt(np.diag(made.covariance))
    wrong = int((np.linalg.eigvalsh(made.covariance / np.outer(scale, scale)) <= 0.0).sum())
    note = f"{half} flights made it, {len(held)} were held out; all carried to {found.time:g} s after T-0"
    inside = 100.0 * coverage(made, held)
    return [
        Comparison(GROUP, names[0], "%", 95.0, SOURCE, "read", ours=inside, tolerance=2.0, digits=4, note=note),
        Comparison(GROUP, names[1], "", 0.0, "own bound", "read", ours=float(wrong), kind="at most", digits=1),
    ]


def coverage(made: Injection, held: np.ndarray) -> float:
    """Share of held-out states (n, 6) within the 95 % ellipsoid of a mean and covariance made from others."""
    apart = held - made.mean
    distance = np.einsum("ij,jk,ik->i", apart, np.linalg.inv(made.covariance), apart)
    return float((distance <= LIMIT).mean())


if __name__ == "__main__":
    from .page import lines

    print(lines(comparisons()))
