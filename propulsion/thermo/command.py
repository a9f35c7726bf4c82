"""`osea thermo`: one problem by flags, or many by a file."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from ...core.errors import InputError
from ...core.progress import Progress, RichProgress
from .cases import Case, answers_csv, csv_reactant, load_cases, parse_case, solve_cases
from .reactants import mixture_of
from .rocket import Solver
from .states import Equilibrium, solve_state


def run_file(path: Path, solver: Solver, *, quiet: bool = False, as_csv: bool = False) -> tuple[dict[str, Any], str]:
    """All cases of a JSON or CSV file: plain data and a table, or CSV. Raises InputError that names every wrong case."""
    cases = load_cases(path)
    _announce(solver)
    progress = Progress() if quiet else RichProgress({case.id: 1.0 for case in cases})
    try:
        answers = solve_cases(cases, solver, progress)
    finally:
        progress.close()
    return _outcome(cases, answers, as_csv)


def flags(
    fuel: list[str],
    oxidizer: list[str],
    ratio: float | None,
    pressure: str | None,
    ambient: str | None,
    flux: str | None,
) -> dict[str, Any]:
    """A case's plain data from flags; quantities have units. Raises InputError."""
    if not fuel or pressure is None:
        raise InputError("give --file, or --fuel and --pc (and --oxidizer with --of); see osea thermo --help")
    row: dict[str, Any] = {
        "fuel": [csv_reactant(text, "--fuel") for text in fuel],
        "oxidizer": [csv_reactant(text, "--oxidizer") for text in oxidizer],
        "of": ratio,
        "pc_bar": _quantity("--pc", pressure, "Pa") / 1e5,
    }
    if ambient is not None:
        row["p_ambient_Pa"] = _quantity("--ambient", ambient, "Pa")
    if flux is not None:
        row["mass_flux_kg_m2_s"] = _quantity("--mass-flux", flux, "kg/s/m^2")
    return row


def _announce(solver: Solver) -> None:
    """Say on stderr that the first use takes longer."""
    import sys

    if solver == "gibbs":
        from ...core.compiled import is_kept

        if not is_kept(Path(__file__).with_name("expansion.py"), "rocket"):
            print("first use: compiling the minimiser, about 10 s", file=sys.stderr)


def _quantity(flag: str, text: str, unit: str) -> float:
    from ...core.quantity import parse

    try:
        return parse(text, unit)
    except ValueError as error:
        raise InputError(f"{flag} '{text}': {error}") from None


def run_case(row: dict[str, Any], solver: Solver, *, as_csv: bool = False) -> tuple[dict[str, Any], str]:
    """One rocket problem from flags."""
    case = parse_case({key: value for key, value in row.items() if value not in (None, [], ())}, "osea thermo", "case")
    _announce(solver)
    return _outcome([case], solve_cases([case], solver), as_csv)


def run_state(
    row: dict[str, Any], kind: str, temperature: str | None, entropy: str | None, enthalpy: str | None = None
) -> tuple[dict[str, Any], str]:
    """One TP, HP (the reactants' own enthalpy unless one is given) or SP problem from flags."""
    case = parse_case({key: v for key, v in row.items() if v not in (None, [], ())}, "osea thermo", "state")
    mixture = mixture_of(case.oxidizer, case.fuel, case.ratio)
    value = None
    if kind == "tp":
        if temperature is None:
            raise InputError("a tp problem needs --temperature '3000 K'")
        value = _quantity("--temperature", temperature, "K")
    elif kind == "sp":
        if entropy is None:
            raise InputError("an sp problem needs --entropy '12 kJ/kg/K'")
        value = _quantity("--entropy", entropy, "J/kg/K")
    elif enthalpy is not None:
        value = _quantity("--enthalpy", enthalpy, "J/kg")
    _announce("gibbs")
    state = solve_state(
        mixture,
        case.pressure,
        temperature=value if kind == "tp" else None,
        entropy=value if kind == "sp" else None,
        enthalpy=value if kind == "hp" else None,
    )
    return state.to_json(), _state_table(state)


def _outcome(cases: Sequence[Case], answers: list[dict[str, Any]], as_csv: bool = False) -> tuple[dict[str, Any], str]:
    failed = [f"{a['id']} ({a['reason']})" for a in answers if not a["converged"]]
    data: dict[str, Any] = {"cases": answers}
    if failed:
        message = f"not converged: {', '.join(failed)}"
        data |= {"status": "failed", "exit_code": 3, "message": message}
    if as_csv:
        return data, answers_csv(answers).rstrip("\n")
    return data, "\n\n".join(_table(case, a) for case, a in zip(cases, answers, strict=True))


def _table(case: Case, answer: dict[str, Any]) -> str:
    what = f"{case.oxidizer.name}/{case.fuel.name}, O/F {case.ratio:g}" if case.oxidizer else case.fuel.name
    head = f"{answer['id']}: {what}, {case.pressure / 1e5:g} bar, {case.mode.replace('_', ' from the ')}"
    if not answer["converged"]:
        return f"{head}\n  not converged: {answer['reason']}"
    lines = [head, f"  c* {answer['c_star_m_s']:.2f} m/s   chamber {answer['T_c_K']:.2f} K"]
    if "p_injector_Pa" in answer:
        lines.append(
            f"  finite-area chamber: contraction ratio {answer['contraction_ratio']:.4f}, injector "
            f"{answer['p_injector_Pa'] / 1e5:.4f} bar, total pressure {answer['stations'][0]['P_Pa'] / 1e5:.4f} bar"
        )
    lines.append(
        f"  {'station':<11}{'A/At':>10}{'p, bar':>12}{'T, K':>10}{'gamma_s':>9}{'MW':>9}{'Isp vac, s':>12}"
        f"{'Isp amb, s':>12}{'Cf':>9}"
    )
    for s in answer["stations"]:
        cells = [
            ("area_ratio", 10, ".4f"),
            ("P_Pa", 12, ".6g"),
            ("T_K", 10, ".2f"),
            ("gamma_s", 9, ".4f"),
            ("MW", 9, ".4f"),
            ("Isp_vac_s", 12, ".3f"),
            ("Isp_ambient_s", 12, ".3f"),
            ("Cf", 9, ".5f"),
        ]
        text = f"  {s['station']:<11}"
        for key, width, form in cells:
            value = s[key]
            if key == "P_Pa":
                value /= 1e5
            text += " " * (width - 1) + "-" if value is None else f"{value:>{width}{form}}"
        lines.append(text)
    lines.append("  mole fractions (above 5e-6): chamber, then each station")
    names = list(dict.fromkeys(n for s in answer["stations"] for n in s["mole_fractions"]))
    for name in names[:20]:
        values = [s["mole_fractions"].get(name) for s in answer["stations"]]
        lines.append(f"  {name:<14}" + "".join(f"{'-':>11}" if v is None else f"{v:>11.6f}" for v in values))
    if len(names) > 20:
        lines.append(f"  and {len(names) - 20} more in --json")
    return "\n".join(lines)


def _state_table(state: Equilibrium) -> str:
    lines = [
        f"{state.problem.upper()} equilibrium: {state.temperature:.3f} K, {state.pressure / 1e5:g} bar",
        f"  density {state.density:.6g} kg/m^3, enthalpy {state.enthalpy / 1e3:.4f} kJ/kg, "
        f"entropy {state.entropy / 1e3:.5f} kJ/(kg K)",
        f"  MW {state.molar_mass * 1e3:.5f} g/mol, gamma_s {state.gamma_s:.5f}, cp frozen {state.cp_frozen / 1e3:.5f}"
        + ("" if state.cp is None else f", cp shifting {state.cp / 1e3:.5f}")
        + " kJ/(kg K)",
    ]
    lines += [f"  {name:<14}{x:>11.6f}" for name, x in zip(state.species, state.mole_fractions, strict=True)]
    return "\n".join(lines)
