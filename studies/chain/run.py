"""A chain run: steps in worker processes as their predecessors end, values handed on, everything in one folder."""

import os
import time
from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from multiprocessing import active_children, get_context
from pathlib import Path
from typing import Any

from ...core import strict_yaml
from ...core.documents import Module, Source
from ...core.errors import InputError, UndecidedError
from ...core.run_folder import RunFolder
from ...core.variant import value_at, with_fields
from ..campaign.document import CampaignStudy
from .document import Chain, Link, Step, Take
from .kinds import Done, Work, begin_worker, do
from .result import BAD, ChainResult, Passed, StepOutcome, Traced
from .values import SUMMARY, read_value

FOLDER = "steps"
GONE = (*BAD, "absent", "left out")  # states that leave nothing to go on with


def run_chain(
    chain: Chain, run: RunFolder, *, quick: bool = False, jobs: int = 0, hear: Callable[[str], None] = lambda _: None
) -> ChainResult:
    """Run every step of *chain* into *run*'s folder; the caller writes the report and publishes. hear: told what goes on.

    A step whose predecessors ended badly is not run, and says so. jobs: worker processes, 0 for one a core.
    """
    begun = time.perf_counter()
    state = _State(chain, run, quick)
    ordered = [s for s in chain.steps if not (quick and s.quick.skip)]
    for step in chain.steps:
        if step not in ordered:
            state.end(step, StepOutcome(name=step.name, title=step.label, kind=step.run, state="left out",
                                        message="left out by --quick", aside=step.aside))  # fmt: skip
    waiting = list(ordered)
    with _pool(min(jobs or os.cpu_count() or 1, len(ordered) or 1)) as pool:
        under_way: dict[Future[Done], Step] = {}
        while waiting or under_way:
            for step in [s for s in waiting if all(b in state.ended for b in chain.before(s))]:
                waiting.remove(step)
                work = state.prepare(step)
                if work is not None:
                    hear(f"{time.perf_counter() - begun:4.0f} s  {state.label(step)} …")
                    under_way[pool.submit(do, work)] = step
            if not under_way:
                continue
            for future in wait(under_way, return_when=FIRST_COMPLETED).done:
                step = under_way.pop(future)
                outcome = _outcome(step, state.label(step), future.result())
                state.end(step, outcome)
                done = sum(s.name in state.ended for s in ordered)
                ended = f"{outcome.state} in {outcome.seconds:.0f} s"
                told = f"{ended}: {outcome.message}" if outcome.message else ended
                hear(f"{time.perf_counter() - begun:4.0f} s  [{done}/{len(ordered)}] {state.label(step)}: {told}")
    return ChainResult(
        input_hash=chain.content_hash(),
        name=chain.name,
        quick=quick,
        seconds=time.perf_counter() - begun,
        steps=tuple(state.ended[s.name] for s in chain.steps),
        passed=tuple(state.passed),
        trace=tuple(state.traced(link) for link in chain.trace),
        headline=tuple(state.traced(link) for link in chain.headline),
    )


@contextmanager
def _pool(jobs: int) -> Iterator[ProcessPoolExecutor]:
    pool = ProcessPoolExecutor(jobs, mp_context=get_context("spawn"), initializer=begin_worker)
    try:
        yield pool
    except BrokenProcessPool:
        raise UndecidedError("a worker process died; is there memory enough for two steps at a time?") from None
    except BaseException:  # Ctrl-C: a step may take minutes, and nobody will read what it finds
        for child in active_children():
            child.terminate()
        raise
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def _outcome(step: Step, title: str, done: Done) -> StepOutcome:
    pages = tuple((what, f"{FOLDER}/{step.name}/{page}") for what, page in done.pages)
    return StepOutcome(
        name=step.name, title=title, kind=step.run, state=done.state, message=done.message,
        seconds=done.seconds, processor_time=done.processor,
        pages=pages if done.state not in ("input is wrong", "undecided") or done.text else (), said=done.text,
        aside=step.aside,
    )  # fmt: skip


class _State:
    """What has ended, what was handed on, and where things stand while the chain runs."""

    def __init__(self, chain: Chain, run: RunFolder, quick: bool) -> None:
        self.chain, self.quick = chain, quick
        self.base = _folder_of(chain)
        self.place = run.partial.resolve() / FOLDER
        self.place.mkdir(exist_ok=True)
        self.ended: dict[str, StepOutcome] = {}
        self.passed: list[Passed] = []

    def end(self, step: Step, outcome: StepOutcome) -> None:
        self.ended[step.name] = outcome

    def prepare(self, step: Step) -> Work | None:
        """What a worker is to do; None when the step cannot be run, which is then how it ended."""
        lost = [b for b in self.chain.before(step) if self.ended[b].state in GONE and self.ended[b].state != "left out"]
        lost += [b for b in step.of if self.ended[b].state == "left out"]
        try:
            if lost:
                raise InputError(f"needs '{lost[0]}', which is not there")
            file = self._document(step)
        except InputError as error:
            said = "left out" if lost and self.ended[lost[0]].state == "left out" else "not run"
            said = said if lost else "input is wrong"
            self.end(step, StepOutcome(name=step.name, title=step.label, kind=step.run, state=said,
                                       message=str(error), aside=step.aside))  # fmt: skip
            return None
        runs = step.quick.runs if self.quick and step.quick.runs is not None else step.runs
        return Work(
            kind=step.run, folder=self.place / step.name, document=file,
            of=tuple(self.place / name for name in step.of), recover=step.recover, runs=runs, model=step.model,
            strict=step.strict, source=self._beside(step.source), recording=self._beside(step.recording),
            recorded=self.quick and step.quick.recorded,
            own=self._beside(step.own), place=self._beside(step.place), level=step.level,
        )  # fmt: skip

    def _beside(self, name: str | None) -> Path | None:
        return None if name is None else (self.base / name).resolve()

    def _document(self, step: Step) -> Path | None:
        """The step's own file, or one written with what it takes from others."""
        document = step.quick.document if self.quick and step.quick.document is not None else step.document
        if document is None:
            return None
        origin = document
        document = with_fields(document, {s.field: s.new for s in step.swaps}) if step.swaps else document
        changes: dict[str, Any] = {
            t.field: v for t in self.chain.takes(step) if (v := self._taken(step, t, document)) is not None
        }
        if self.quick and isinstance(document, CampaignStudy) and document.explore is not None:
            changes["explore"] = None  # what else could be flown is not what is asked
        if not changes and document is origin and document._origin is not None:
            return Path(document._origin.file).resolve()
        changed = with_fields(document, changes) if changes else document
        for take in self.chain.takes(step):
            if take.field in changes:
                changed = _sourced(
                    changed, take.field, f"{self.chain.name}: step '{take.step}', {take.result}.{take.value}"
                )
        place = self.place.with_name("taken")
        place.mkdir(exist_ok=True)
        file = place / f"{step.name}.yaml"
        file.write_text(strict_yaml.dump(changed.to_plain()), encoding="utf-8")
        return file

    def _taken(self, step: Step, take: Take, document: Module) -> float | None:
        """The number that a field takes, None where it keeps its own (the other step was left out)."""
        stated = value_at(document, take.field)
        stated = float(stated) if isinstance(stated, int | float) else None
        source = f"{take.step}: {take.result}.{take.value}"
        if any(self._stands_in(name) for name in take.needs):
            self.passed.append(Passed(step=step.name, field=take.field, source=source, stated=stated, value=None,
                                      change=None, message="not run in full: the file's own value stays"))  # fmt: skip
            return None
        value = read_value(take, self.place)
        change = value / stated - 1.0 if stated else None
        far = change is not None and abs(change) > take.tolerance
        message = f"the file is off by more than {take.tolerance:.3g}; bring it up to date" if far else ""
        self.passed.append(Passed(step=step.name, field=take.field, source=source, stated=stated, value=value,
                                  change=change, message=message))  # fmt: skip
        return value

    def _stands_in(self, name: str) -> bool:
        """Whether a step's own numbers are not there, because --quick leaves it out or runs something else in its place."""
        other = self.quick and self.chain.step(name).quick.document is not None
        return other or self.ended[name].state == "left out"

    def label(self, step: Step) -> str:
        return (step.quick.title or step.label) if self.quick else step.label

    def traced(self, link: Link) -> Traced:
        """A line of the way back; without a value where its step left none."""
        outcome = next((o for n in link.needs if (o := self.ended[n]).state in GONE), self.ended[link.step])
        told: dict[str, Any] = {"name": link.name, "step": link.step, "unit": link.unit, "note": link.note}
        page = outcome.pages[0][1] if outcome.pages else ""
        if outcome.state in GONE and outcome.state != "answer is no":
            by = " by --quick" if outcome.state == "left out" else ""
            return Traced(**told, value=None, path=page, message=f"step '{outcome.name}' is {outcome.state}{by}")
        try:
            value = read_value(link, self.place)
        except InputError as error:
            return Traced(**told, value=None, path=page, message=str(error))
        file = "summary.json" if link.result == SUMMARY else f"results/{link.result}.json"
        return Traced(**told, value=value, path=page or f"{FOLDER}/{link.step}/{file}")


def _sourced(document: Module, field: str, citation: str) -> Module:
    """The document with a source for a field that was set, in the module that the field belongs to."""
    parts = field.split(".")
    for cut in range(len(parts) - 1, -1, -1):
        owner = value_at(document, ".".join(parts[:cut])) if cut else document
        if isinstance(owner, Module):
            own = ".".join(parts[cut:])
            if owner.graded(own) is not None:
                return document  # the value is what the file says, and so is its source
            source = Source(fields=(own,), grade="estimate", citation=citation)
            where = ".".join((*parts[:cut], "sources"))
            return with_fields(document, {where: (*owner.sources, source)})
    return document


def _folder_of(chain: Chain) -> Path:
    if chain._origin is None:
        raise InputError("a chain is read from a file: its steps name other files from its folder")
    return Path(chain._origin.file).resolve().parent
