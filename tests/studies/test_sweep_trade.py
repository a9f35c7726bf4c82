"""Sweeps as trade studies: what is best, drawn in three ways, flown on a cluster, resumed."""

from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from pydantic import ValidationError

from osea_rocket.core.documents import load_document
from osea_rocket.core.errors import InputError
from osea_rocket.core.run_folder import RunFolder
from osea_rocket.studies import sweep_run
from osea_rocket.studies.documents import Study
from osea_rocket.studies.sweep import Axis, Goal, Sweep
from osea_rocket.studies.sweep_report import write_sweep
from osea_rocket.studies.sweep_run import Flight, run_sweep
from osea_rocket.studies.sweep_trade import outcome_of, pareto_front, trade, trade_figures

EXAMPLES = Path(__file__).parents[2] / "examples"
DRY = Axis(fields=("vehicle.stages.0.dry_mass",), range="22..26 t", count=3)
LOAD = Axis(fields=("vehicle.stages.1.dry_mass",), range="4..5 t", count=3)


@pytest.fixture(scope="module")
def study() -> Study:
    return load_document(Study, EXAMPLES / "falcon9" / "study.yaml")


def made_up(sweep: Sweep, number: int, values: tuple) -> Flight:
    """Payload grows with the first value and lift-off mass with its square, less with the second."""
    first, second = (float(str(v).split()[0]) for v in values)
    payload, liftoff = 1e3 * (first - second), 1e3 * (first**2 + 50 * (second - 4) ** 2)
    told = tuple(str(v) for v in values)
    if number == 4:
        return Flight(number=number, values=told, status="impossible", message="too heavy")
    return Flight(number=number, values=told, status="done", payload_mass=payload, liftoff_mass=liftoff)


def test_front_holds_what_nothing_beats():
    rows = np.array([[1.0, 5.0], [2.0, 3.0], [2.0, 4.0], [3.0, 3.0], [4.0, 1.0], [1.0, 5.0]])
    assert pareto_front(rows).tolist() == [0, 1, 4, 5]  # equal rows do not beat each other
    rng = np.random.default_rng(7)
    values = rng.random((200, 3))
    front = set(pareto_front(values).tolist())
    for k, row in enumerate(values):
        beaten = any((other <= row).all() and (other < row).any() for other in values)
        assert beaten != (k in front)


def test_goals_are_read_and_refused():
    assert Goal.model_validate({"least": "cost per kg"}).outcome == "cost per kg"
    for wrong in ({}, {"most": "payload", "least": "cost"}, {"most": "beauty"}):
        with pytest.raises(ValidationError):
            Goal.model_validate(wrong)


def test_outcomes_in_their_units():
    flight = Flight(number=0, values=("1",), status="done", payload_mass=2e3, liftoff_mass=1e5, cost=30.0)
    assert outcome_of(flight, "payload") == 2.0 and outcome_of(flight, "lift-off mass per payload") == 50.0
    assert outcome_of(flight, "cost per kg") == pytest.approx(15e3)
    assert np.isnan(outcome_of(flight, "largest acceleration"))


def test_figures_and_front_of_a_sweep(study, monkeypatch, tmp_path):
    monkeypatch.setattr(sweep_run, "_fly", made_up)
    sweep = Sweep(name="trade", study=study, vary=(DRY, LOAD))
    result = run_sweep(sweep, jobs=1)
    found = trade(sweep, result)
    assert found is not None and len(found.flights) == 8
    assert [found.flights[k].values for k in found.front] == [("22 t", "4 t"), ("24 t", "4 t"), ("26 t", "4 t")]
    drawn = trade_figures(result, found)
    assert ["Lift-off mass" in drawn[0][1], "through all" in drawn[1][1], "at once" in drawn[2][1]] == [True] * 3
    assert all(svg.startswith("<svg") for svg, _ in drawn) and drawn == trade_figures(result, found)

    with RunFolder(tmp_path / "run", "sweep", sweep) as run:
        write_sweep(sweep, result, run)
        run.publish()
    page = (tmp_path / "run" / "report.html").read_text()
    assert "3 of 8 flights are beaten by no other" in page and (tmp_path / "run" / "figures" / "trade-3.svg").exists()


def test_a_study_with_size_is_sized_for_each_combination(study, monkeypatch):
    from osea_rocket.studies.sizing import loop

    asked = []

    class _Closed:
        class result:  # noqa: N801
            payload, liftoff, masses = 1000.0, 60e3, ()
            iterations = (SimpleNamespace(stages=()),)

            class cost:  # noqa: N801
                total = 12.0

    def closed(given: Study) -> type[_Closed]:
        assert given.size is not None
        asked.append(given.size.fineness)
        return _Closed

    monkeypatch.setattr(loop, "size_study", closed)
    sized = load_document(Study, EXAMPLES / "sizing" / "study.yaml")
    result = run_sweep(Sweep(name="s", study=sized, vary=(Axis(fields=("size.fineness",), values=(12, 16)),)), jobs=1)
    assert asked == [12.0, 16.0] and result.flights[1].cost == 12.0 and result.flights[0].liftoff_mass == 60e3


def test_a_cluster_flies_what_one_process_flies(study, monkeypatch):
    distributed = pytest.importorskip("distributed")
    monkeypatch.setattr(sweep_run, "_fly", made_up)  # the workers are threads of this process
    sweep = Sweep(name="trade", study=study, vary=(DRY, LOAD))
    with distributed.LocalCluster(
        n_workers=1, processes=False, protocol="tcp://", dashboard_address=None, host="127.0.0.1"
    ) as cluster:
        there = run_sweep(sweep, scheduler=cluster.scheduler_address)
    assert there.same_as(run_sweep(sweep, jobs=1))
    with pytest.raises(InputError, match="no Dask scheduler answers"):
        run_sweep(sweep, scheduler="tcp://127.0.0.1:9")
