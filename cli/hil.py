"""`osea hil`: a real flight computer before the simulated vehicle."""

from pathlib import Path
from typing import Annotated

import typer

from .app import JsonFlag, app, finish
from .commands import OutFolder, QuietFlag

hil = typer.Typer(no_args_is_help=True, help="Hardware in the loop: fly a real flight computer.")
app.add_typer(hil, name="hil")

BenchFile = Annotated[
    Path, typer.Argument(metavar="BENCH.yaml", help="A bench: vehicle, computers, faults, requirements.")
]


@hil.command()
def run(
    bench: BenchFile,
    out: OutFolder = None,
    start: Annotated[
        str | None,
        typer.Option("--start", metavar="COMMAND", help="Start the flight computer so, and end it with the run."),
    ] = None,
    bind: Annotated[bool, typer.Option("--bind", metavar="", help="Open addresses that other machines reach.")] = False,
    seed: Annotated[int | None, typer.Option("--seed", min=0, help="Of the sensors' errors and noise.")] = None,
    record: Annotated[bool, typer.Option("--record/--no-record", help="Write recording.mcap.")] = True,
    board: Annotated[bool, typer.Option("--board/--no-board", help="Let osea hil dashboard follow.")] = True,
    by_hand: Annotated[
        bool,
        typer.Option("--by-hand", metavar="", help="Let a dashboard's buttons begin the faults that say 'by_hand'."),
    ] = False,
    json: JsonFlag = False,
    quiet: QuietFlag = False,
) -> None:
    """Fly a bench: plant, links, clock, faults; verdicts, JUnit XML, recording and report in a run folder."""
    from ..studies.bench_command import run_hil

    finish(
        json,
        lambda: run_hil(
            bench, out, start=start, bind=bind, seed=seed, record=record, board=board, by_hand=by_hand, quiet=quiet
        ),
    )


@hil.command()
def dashboard(
    recording: Annotated[
        Path | None, typer.Argument(metavar="[RECORDING.mcap]", help="Of an earlier run; else the bench that runs.")
    ] = None,
    board: Annotated[
        Path | None, typer.Option("--board", metavar="FILE", help="Of one bench; else of the one that began last.")
    ] = None,
    bind: Annotated[str, typer.Option("--bind", metavar="ADDRESS", help="Where to listen.")] = "127.0.0.1",
    port: Annotated[int, typer.Option("--port", metavar="N", help="On which port.", min=1, max=65535)] = 8090,
    control: Annotated[
        bool, typer.Option("--control", metavar="", help="Let whoever has the token press faults; prints a new token.")
    ] = False,
    token: Annotated[
        str | None,
        typer.Option("--token", metavar="TOKEN", envvar="OSEA_HIL_TOKEN", help="One of your own; means --control."),
    ] = None,
    json: JsonFlag = False,
) -> None:
    """A page that shows a bench as it flies, or a recording: attitude, strips, events, links; faults by hand with a token."""
    from ..hil.dashboard.command import run_dashboard

    finish(json, lambda: run_dashboard(recording, board=board, bind=bind, port=port, control=control, token=token))


@hil.command()
def campaign(
    file: Annotated[
        Path, typer.Argument(metavar="CAMPAIGN.yaml", help="Cases of faults, each with its stated outcome.")
    ],
    out: OutFolder = None,
    start: Annotated[
        str | None,
        typer.Option("--start", metavar="COMMAND", help="Start the flight computer so, anew for each run."),
    ] = None,
    only: Annotated[
        list[str] | None, typer.Option("--only", metavar="CASE", help="Fly this case; may be repeated.")
    ] = None,
    resume: Annotated[
        bool,
        typer.Option("--resume", metavar="", help="Take up what an interrupted run of the same campaign has left."),
    ] = False,
    seeds: Annotated[
        int | None,
        typer.Option("--seeds", metavar="N", min=1, help="Fly each case with seeds 0 to N-1, not with the file's."),
    ] = None,
    workers: Annotated[
        int,
        typer.Option("--workers", metavar="N", min=1, max=64, help="Benches at a time, each on ports of its own."),
    ] = 1,
    record: Annotated[bool, typer.Option("--record/--no-record", help="Write recordings/CASE-SEED.mcap.")] = False,
    bind: Annotated[bool, typer.Option("--bind", metavar="", help="Open addresses that other machines reach.")] = False,
    json: JsonFlag = False,
    quiet: QuietFlag = False,
) -> None:
    """Fly one case of faults after another; mission kept, safe abort or loss, held against what was stated."""
    from ..studies.fault_campaign import run_campaign

    def work():
        return run_campaign(
            file, out, start=start, bind=bind, resume=resume, record=record, only=tuple(only or ()), seeds=seeds,
            workers=workers, quiet=quiet,
        )  # fmt: skip

    finish(json, work)


@hil.command()
def replay(
    recording: Annotated[Path, typer.Argument(metavar="RECORDING.mcap", help="Of an earlier run.")],
    bench: BenchFile,
    out: Annotated[Path | None, typer.Option("--out", "-o", metavar="FILE", help="A new recording to write.")] = None,
    start: Annotated[
        str | None,
        typer.Option("--start", metavar="COMMAND", help="Start the flight computer so, and end it afterwards."),
    ] = None,
    bind: Annotated[bool, typer.Option("--bind", metavar="", help="Open addresses that other machines reach.")] = False,
    json: JsonFlag = False,
) -> None:
    """Send a recording to the computers of a bench again: do they answer as they did?"""
    from ..studies.bench_command import run_replay

    finish(json, lambda: run_replay(recording, bench, out, start=start, bind=bind))


@hil.command()
def load(
    bench: BenchFile,
    out: Annotated[Path, typer.Option("--out", "-o", metavar="FILE", help="The header to write.")] = Path("mission.h"),
    json: JsonFlag = False,
    quiet: QuietFlag = False,
) -> None:
    """Write the mission data of a bench's study for the reference flight computer, as a C header."""
    from ..studies.bench_command import run_load

    finish(json, lambda: run_load(bench, out, quiet=quiet))


@hil.command()
def fmu(
    bench: BenchFile,
    out: Annotated[Path, typer.Option("--out", "-o", metavar="FILE", help="The FMU to write.")] = Path("plant.fmu"),
    seed: Annotated[int | None, typer.Option("--seed", min=0, help="Of the vehicle's and the sensors' errors.")] = None,
    json: JsonFlag = False,
    quiet: QuietFlag = False,
) -> None:
    """Write a bench's plant as an FMI 3 co-simulation unit (needs a C compiler): commands in, sensors and truth out."""
    from ..studies.bench_command import run_fmu

    finish(json, lambda: run_fmu(bench, out, seed=seed, quiet=quiet))
