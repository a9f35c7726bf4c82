"""What `osea disperse` does: read, build, fly in chunks that are kept, say what it means; and replay one run."""

import math
import re
import shlex
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from ..core.documents import load_any
from ..core.errors import InputError, UndecidedError
from ..core.progress import Progress, RichProgress
from ..core.run_folder import RunFolder
from ..trajectory.dispersion.program_layout import STATUS, O
from ..trajectory.dispersion.sampling import paired_points, unit_points
from ..trajectory.dispersion.sensitivity import SobolIndices
from .dispersion import DispersionStudy
from .dispersion_build import BuiltDispersion, build_dispersion
from .dispersion_model import DispersionModel, Draw
from .dispersion_runs import Columns, as_columns, from_arrow, joined, outputs_of, packed_runs, to_arrow, unpacked
from .dispersion_statistics import DispersionResult, sobol_of_runs, statistics
from .documents import Study
from .pool import shared_out

MODELS = ("point-mass", "six-dof")
PARTS = "parts"
Chunk = tuple[int, np.ndarray]
"""Number of the first run, and its points (n, dimensions)."""


def dispersion_of(path: Path) -> DispersionStudy:
    """The dispersion in a file, or that of a study whose own values carry distributions. Raises InputError."""
    document = load_any(path)
    if isinstance(document, DispersionStudy):
        return document
    if not isinstance(document, Study):
        raise InputError(
            f"'{document.name}' is a document of {document.schema_}; a dispersion "
            f"({DispersionStudy.schema_id}) or a study is needed",
            where=document.where(),
        )
    made = DispersionStudy(name=f"{document.name}, dispersed", study=document)
    made._origin = document._origin  # its files are the study's
    return made


def run_disperse(
    path: Path,
    runs: int,
    out: Path | None,
    *,
    seed: int | None = None,
    jobs: int = 0,
    scheduler: str | None = None,
    resume: bool = False,
    covariance: bool = False,
    sobol: int = 0,
    model: str = MODELS[0],
    quiet: bool = False,
) -> tuple[dict[str, Any], str]:
    """Fly a dispersion and publish its run folder; returns (summary as plain data, the same for people)."""
    from .dispersion_report import text_summary, write_dispersion

    dispersion = dispersion_of(path)
    if seed is not None:
        dispersion = dispersion.evolve(seed=seed)
    folder = out or Path("out") / (re.sub(r"\W+", "-", dispersion.name.lower()).strip("-") or path.stem)
    rate = 1000.0 if model == MODELS[0] else 40.0
    steps = {"nominal ascent": 8.0, "responses": 15.0, "runs": runs / rate, "report": 4.0}
    progress = Progress() if quiet else RichProgress(steps)
    try:
        with RunFolder(folder, "disperse", dispersion, keep=True, resume=resume) as run:
            built = built_model(dispersion, model, progress)
            columns, rate = fly_all(built.model, dispersion, runs, run, progress, jobs=jobs, scheduler=scheduler)
            indices = _sobol(built.model, dispersion, sobol, progress, jobs, scheduler) if sobol else None
            with progress.step("report"):
                result = statistics(
                    dispersion,
                    built.model,
                    columns,
                    rate=rate,
                    model_name=model.replace("-", " "),
                    covariance=covariance,
                    sobol=indices,
                )
                result = replace(result, findings=(*built.flown.ascent.findings, *result.findings))
                replay = f"osea disperse {shlex.quote(str(path))} -n {runs} --seed {dispersion.seed}"
                replay += f"{'' if model == MODELS[0] else f' --model {model}'} --replay"
                write_dispersion(dispersion, built, result, columns, run, replay)
            run.publish()
    finally:
        progress.close()
    data: dict[str, Any] = {"status": "done", **result.to_json(), "run": str(folder)}
    return data, text_summary(dispersion, result, folder, replay)


def fly_all(
    model: DispersionModel,
    dispersion: DispersionStudy,
    runs: int,
    run: RunFolder | None = None,
    progress: Progress | None = None,
    *,
    jobs: int = 0,
    scheduler: str | None = None,
) -> tuple[Columns, float]:
    """(columns of all runs in order, runs per second of those flown now). run: keeps every chunk, and gives back those
    it has."""
    progress = progress or Progress()
    points = unit_points(dispersion.sampling, runs, model.dimensions, dispersion.seed)
    chunk = model.chunk
    starts = range(0, runs, chunk)
    done = {first: part for first in starts if (part := _kept(run, runs, first, min(chunk, runs - first))) is not None}
    todo: list[Chunk] = [(first, points[first : first + chunk]) for first in starts if first not in done]
    if todo and scheduler is None:
        with progress.step("compiling"):
            model.fly(model.draw(points[:1]))  # kept on disk: else every worker would compile for itself
    begun, flown = time.perf_counter(), 0
    for columns in _flown(model, todo, jobs, scheduler):
        first = int(columns["run"][0])
        done[first] = columns
        flown += len(columns["run"])
        _keep(run, runs, first, columns)
        rate = flown / max(time.perf_counter() - begun, 1e-9)
        with progress.step("runs"):
            left = sum(len(p) for f, p in todo if f not in done) / rate
            progress.note(f"{min(len(done) * chunk, runs):,} of {runs:,} runs, {rate:,.0f}/s, {left:.0f} s left")
    spent = time.perf_counter() - begun
    return joined([done[first] for first in starts]), flown / spent if flown else 0.0


def _flown(model: DispersionModel, chunks: Sequence[Chunk], jobs: int, scheduler: str | None) -> Iterator[Columns]:
    return map(unpacked, shared_out(packed_runs, model, chunks, jobs=jobs, scheduler=scheduler))


def _keep(run: RunFolder | None, of: int, first: int, columns: Columns) -> None:
    if run is not None:
        import io

        from pyarrow import parquet

        buffer = io.BytesIO()
        parquet.write_table(to_arrow(columns), buffer)
        run.write_bytes(f"{PARTS}/{of}-{first:09d}.parquet", buffer.getvalue())


def _kept(run: RunFolder | None, of: int, first: int, count: int) -> Columns | None:
    """A chunk that an interrupted run has left whole; None where there is none."""
    if run is None:
        return None
    raw = run.read_bytes(f"{PARTS}/{of}-{first:09d}.parquet")
    if raw is None:
        return None
    import pyarrow as pa
    from pyarrow import parquet

    try:
        columns = from_arrow(parquet.read_table(pa.BufferReader(raw)))
    except (pa.ArrowException, OSError):
        return None
    return columns if len(columns["run"]) == count else None


def _sobol(
    model: DispersionModel, dispersion: DispersionStudy, base: int, progress: Progress, jobs: int, scheduler: str | None
) -> dict[str, SobolIndices]:
    """Indices of every group, from base · (groups + 2) runs of their own."""
    if base < 64 or base & (base - 1):
        raise InputError(f"--sobol takes a power of two from 64 on, not {base}: Sobol' sequences are balanced there")
    a, b = paired_points(base, model.dimensions, dispersion.seed)
    sets = [a, b]
    for group in model.groups:
        mixed = a.copy()
        mixed[:, group.columns] = b[:, group.columns]
        sets.append(mixed)
    points, model = np.concatenate(sets), model.with_common_noise(base)
    chunks = [(first, points[first : first + model.chunk]) for first in range(0, len(points), model.chunk)]
    with progress.step("Sobol indices"):
        parts = []
        for columns in _flown(model, chunks, jobs, scheduler):
            parts.append(columns)
            progress.note(f"{len(parts) * model.chunk:,} of {len(points):,} runs")
    whole = joined(sorted(parts, key=lambda c: int(c["run"][0])))
    split = [{k: v[i * base : (i + 1) * base] for k, v in whole.items()} for i in range(len(sets))]
    return sobol_of_runs(split[0], split[1], split[2:], dispersion.confidence)


def built_model(dispersion: DispersionStudy, model: str, progress: Progress | None = None) -> BuiltDispersion:
    """What flies: a point mass, or a body with six degrees of freedom."""
    if model == MODELS[0]:
        return build_dispersion(dispersion, progress)
    from .dispersion_body import build_body

    return build_body(dispersion, progress)


def replay(
    path: Path, runs: int, number: int, *, seed: int | None = None, model: str = MODELS[0], quiet: bool = False
) -> tuple[dict[str, Any], str]:
    """One run again: what it was given, what became of it, and the same values through definitions built anew."""
    dispersion = dispersion_of(path)
    if seed is not None:
        dispersion = dispersion.evolve(seed=seed)
    if not 0 <= number < runs:
        raise InputError(f"run {number} is none of 0 to {runs - 1}; give the -n of the dispersion that it belongs to")
    progress = Progress() if quiet else RichProgress({"nominal ascent": 8.0, "responses": 15.0})
    try:
        built = built_model(dispersion, model, progress)
    finally:
        progress.close()
    flies = built.model
    point = unit_points(dispersion.sampling, runs, flies.dimensions, dispersion.seed)[number : number + 1]
    draw = flies.draw(point)
    out = flies.fly(draw, number)
    columns = as_columns(flies, number, draw, out)
    exact = _exactly(built, draw, number)
    told = {k: _plain(v[0]) for k, v in columns.items()}
    compared = {key: _plain(v) for key, v in exact.items()}
    lines = [f"run {number} of {runs}: {STATUS[int(out[0, O.status])]}", ""]
    lines += [f"  {k:<44} {v}" for k, v in told.items() if k not in ("run", "status")]
    lines += ["", "  with every definition built anew at these values:"]
    lines += [f"  {k:<44} {v}" for k, v in compared.items()]
    return {"status": "done", "run": number, "columns": told, "exact": compared}, "\n".join(lines)


def _exactly(built: BuiltDispersion, draw: Draw, number: int = 0) -> dict[str, float]:
    """The outputs of a run flown on numbers that the definitions themselves give at its values."""
    model, values = built.model, draw.inputs[0, : len(built.model.quantities)]
    own, exact = model.whole(draw), built.exact(values)
    there = model.response.positions
    base = model.response.numbers(values[None])[0]
    # what the flight puts on top (a factor on the drag) stays
    factor = np.divide(own[there], base, out=np.ones_like(base), where=base != 0)
    own[there] = np.where(base != 0, exact[there] * factor, exact[there] + own[there] - base)
    again = replace(draw, numbers=own[model.positions][None])
    columns = as_columns(model, number, again, model.fly(again, number))
    return {o.key: float(columns[o.key][0]) for o in outputs_of(columns)}


def _plain(value: Any) -> Any:
    if isinstance(value, str):
        return value
    number = value.item() if hasattr(value, "item") else value
    return None if isinstance(number, float) and not math.isfinite(number) else number


def undecided(result: DispersionResult) -> UndecidedError | None:
    """The error of a dispersion in which nothing reached orbit."""
    return None if result.outputs else UndecidedError("no run gave a number; see the runs' messages")
