"""One solve of ours in a fresh process, for benchmarks/trajectory.py: `python benchmarks/trajectory_ours.py delta3`."""

import json
import sys
import time

BEGUN = time.perf_counter()


def delta3() -> dict:
    """Cold, from the cached programme, and again after a change."""
    from dataclasses import replace

    from osea_rocket.trajectory.optimal_control.solve import solve
    from osea_rocket.validation.delta3 import delta3, with_guess

    if len(sys.argv) > 2:  # loaded before the clock, as the peers load theirs
        import scipy.integrate  # noqa: F401
    stated = time.perf_counter()
    problem = with_guess(delta3())
    first = solve(problem)
    ended = time.perf_counter()
    cold = solve(problem)
    airy = replace(
        problem, constants={**problem.constants, "ground_density": 1.01 * problem.constants["ground_density"]}
    )
    begun = time.perf_counter()
    solve(airy, guess=first)
    return {
        "answer": first.objective,
        "seconds": ended - stated,
        "from_import_s": ended - BEGUN,
        "solve_s": cold.report.solve_time,
        "again_s": time.perf_counter() - begun,
    }


def shuttle() -> dict:
    """Cold, and from the cached programme."""
    import math

    from osea_rocket.validation.shuttle import solve_shuttle

    stated = time.perf_counter()
    first = solve_shuttle()
    ended = time.perf_counter()
    return {
        "answer": math.degrees(first.objective),
        "seconds": ended - stated,
        "solve_s": solve_shuttle().report.solve_time,
    }


def goddard() -> dict:
    """Cold, and from the cached programme."""
    from osea_rocket.validation.goddard import solve_goddard

    stated = time.perf_counter()
    first = solve_goddard()
    ended = time.perf_counter()
    return {"answer": first.objective, "seconds": ended - stated, "solve_s": solve_goddard().report.solve_time}


def ma2019() -> dict:
    """Ascent and booster return with a branch, stated to solved, in processor time."""
    from osea_rocket.validation.ma2019 import solve_ma2019

    begun = time.process_time()
    solution = solve_ma2019()
    return {
        "answer": solution.objective,
        "processor_s": time.process_time() - begun,
        "solve_s": solution.report.solve_time,
    }


def growth() -> dict:
    """Delta III on growing meshes."""
    from dataclasses import replace

    from osea_rocket.trajectory.optimal_control.problem import Mesh
    from osea_rocket.trajectory.optimal_control.solve import solve
    from osea_rocket.validation.delta3 import delta3, with_guess

    rows = []
    for intervals in (6, 20, 70, 220, 700):
        problem = with_guess(delta3(Mesh.uniform(intervals, 4)))
        first = solve(problem)
        solution = min((first, solve(problem)), key=lambda s: s.report.solve_time)  # the machine is shared
        report = replace(solution.report, build_time=first.report.build_time)
        step = 1e3 * report.solve_time / max(report.iterations, 1)
        rows.append(
            {
                "intervals": intervals,
                "unknowns": report.unknowns,
                "nonzeros": report.nonzeros,
                "build_s": report.build_time,
                "iterations": report.iterations,
                "solve_s": report.solve_time,
                "step_ms": step,
                "step_ms_per_1000": 1e3 * step / report.unknowns,
                "mass": solution.objective,
            }
        )
    return {"rows": rows}


if __name__ == "__main__":
    print(
        json.dumps(
            {"delta3": delta3, "shuttle": shuttle, "goddard": goddard, "ma2019": ma2019, "growth": growth}[
                sys.argv[1]
            ]()
        )
    )
