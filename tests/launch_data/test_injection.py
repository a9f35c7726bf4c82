"""The host's covariance from dispersed runs: a Gauss law of known covariance is found again, and held-out runs lie within it."""

import io

import numpy as np
import pyarrow as pa
import pytest
from pyarrow import parquet
from scipy.stats import chi2

from osea_rocket.core.earth import MU
from osea_rocket.core.errors import InputError
from osea_rocket.launch_data.command import run_check
from osea_rocket.launch_data.opportunity.command import run_opportunities
from osea_rocket.launch_data.packaging.command import Wishes, run_build
from osea_rocket.launch_data.packaging.injection import STATE, coasted, injection_of

RADIUS = 6578e3
SPEED = float(np.sqrt(MU / RADIUS))


def drawn(count, seed, spread_of_end=2.0):
    """Runs (n, 6) at one instant, and each as it was at its own cut-off: carried back without thrust."""
    draw = np.random.default_rng(seed)
    axes = draw.normal(size=(6, 6))
    sigma = np.array([60.0, 900.0, 50.0, 1.0, 0.4, 0.2])
    nominal = np.array([RADIUS, 0.0, 0.0, 0.0, SPEED * np.cos(0.5), SPEED * np.sin(0.5)])
    shape = np.diag(sigma) @ np.linalg.qr(axes)[0]
    states = nominal + draw.normal(size=(count, 6)) @ shape.T
    ends = 550.0 + spread_of_end * draw.normal(size=count)
    return states, shape @ shape.T, coasted(states, ends - np.ceil(ends.max())), ends


def table(states, ends, failed=()):
    columns = dict(zip(STATE, states.T, strict=True)) | {"insertion_time_s": ends}
    columns["failed_engine_time_s"] = [1.0 if i in failed else None for i in range(len(ends))]
    sink = io.BytesIO()
    parquet.write_table(pa.table(columns), sink)
    return sink.getvalue()


def test_mean_and_covariance_come_back_whatever_the_time_of_cut_off(tmp_path):
    states, covariance, at_end, ends = drawn(4000, 1)
    file = tmp_path / "runs.parquet"
    file.write_bytes(table(at_end, ends, failed={0, 1}))
    found = injection_of(file)
    assert found.time == np.ceil(ends[2:].max()) and len(found.states) == 3998
    assert np.abs(found.states - states[2:]).max() < 1e-3  # carried there and back
    scale = np.sqrt(np.diag(covariance))
    assert np.abs((found.covariance - covariance) / np.outer(scale, scale)).max() < 0.08
    held, _, _, _ = drawn(4000, 1)
    inside = _within(held[:2000], found.states[2000:])
    assert abs(inside - 0.95) <= 0.02


def _within(held, fitted):
    apart = held - fitted.mean(axis=0)
    distance = np.einsum("ij,jk,ik->i", apart, np.linalg.inv(np.cov(fitted.T)), apart)
    return float((distance < chi2.ppf(0.95, 6)).mean())


def test_a_package_from_a_dispersion_gives_every_opportunity_its_covariance(make_run, study, tmp_path):
    _, _, at_end, ends = drawn(400, 2)
    resolved = {"study": study, "payload_mass": "20 t"}
    run = make_run(
        tmp_path / "run", "disperse", resolved, {"runs.parquet": table(at_end, ends), "results/dispersion.json": "{}"}
    )
    package = tmp_path / "package"
    run_build([run], package)
    data, text = run_check([package])
    assert data["status"] == "done", text
    assert not [f for f in data["findings"] if f["severity"] == "ERROR" or f["rule"].startswith("LD-SEP-0")], text
    out = tmp_path / "window"
    data, _ = run_opportunities(
        package / "injection.ocm", out, opens="2027-03-01T12:00:00Z", closes="2027-03-01T12:10:00Z", every=60.0, frame="TEME",
        orientation=None, originator="OSEA", created="2026-12-01T00:00:00Z", ephemeris=True,
    )  # fmt: skip
    assert data["opportunities"] == 11 and data["payloads"] == ["PAYLOAD"]
    assert not any("covariance" in w for w in data["warnings"])
    assert run_check([out])[0]["status"] == "done"


def test_too_few_runs_or_a_foreign_table_are_refused(make_run, study, tmp_path):
    _, _, at_end, ends = drawn(150, 3)
    file = tmp_path / "runs.parquet"
    file.write_bytes(table(at_end, ends))
    with pytest.raises(InputError, match="needs 200"):
        injection_of(file)
    file.write_bytes(b"PAR1 not")
    with pytest.raises(InputError):
        injection_of(file)
    parquet.write_table(pa.table({"a": [1]}), file)
    with pytest.raises(InputError, match="fly the dispersion again"):
        injection_of(file)
    run = make_run(tmp_path / "open", "disperse", {"study": study}, {"runs.parquet": b""})
    with pytest.raises(InputError, match="left open"):
        run_build([run], tmp_path / "package", Wishes())
