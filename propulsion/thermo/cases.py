"""Case files of `osea thermo`: a list of rocket problems in JSON or CSV, and the answers in the same order."""

import csv
import difflib
import io
import json
import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from ...core.earth import G0
from ...core.errors import InputError, UndecidedError
from ...core.progress import Progress
from .reactants import Stream, blend, mixture_of, reactant
from .rocket import (
    MODES,
    Mode,
    Request,
    RocketSolution,
    RocketStation,
    Solver,
    check_pressure,
    solve_rocket,
    station_isp,
)

_KEYS = {
    "id",
    "fuel",
    "oxidizer",
    "of",
    "pc_bar",
    "p_ambient_Pa",
    "area_ratios",
    "subsonic_area_ratios",
    "pressure_ratios",
    "contraction_ratio",
    "mass_flux_kg_m2_s",
    "mode",
}
_REACTANT_KEYS = {"name", "mass_fraction", "temperature_K", "pressure_bar", "enthalpy_J_mol", "formula"}


@dataclass(frozen=True)
class Case:
    """One rocket problem of a file, checked. Pressures [Pa]."""

    id: str
    fuel: Stream
    oxidizer: Stream | None
    ratio: float
    pressure: float
    mode: Mode
    area_ratios: tuple[float, ...]
    subsonic_area_ratios: tuple[float, ...]
    pressure_ratios: tuple[float, ...]
    contraction_ratio: float | None
    mass_flux: float | None
    ambient_pressure: float

    def check(self) -> None:
        """Raises InputError for what is out of range."""
        check_pressure(self.pressure)
        Request(self.area_ratios, self.subsonic_area_ratios, self.pressure_ratios).check()
        mixture_of(self.oxidizer, self.fuel, self.ratio)

    def solve(self, solver: Solver = "gibbs") -> RocketSolution:
        """Raises InputError for what is out of range, UndecidedError where a state could not be found."""
        return solve_rocket(
            mixture_of(self.oxidizer, self.fuel, self.ratio),
            self.pressure,
            mode=self.mode,
            area_ratios=self.area_ratios,
            subsonic_area_ratios=self.subsonic_area_ratios,
            pressure_ratios=self.pressure_ratios,
            contraction_ratio=self.contraction_ratio,
            mass_flux=self.mass_flux,
            solver=solver,
        )


def load_cases(path: Path) -> list[Case]:
    """The cases of a .json or .csv file. Raises InputError that names the file and the case."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"cannot be read: {error}", where=str(path)) from None
    if path.suffix.lower() == ".csv":
        rows = _csv_rows(text, path)
    else:
        try:
            data = json.loads(text)
        except json.JSONDecodeError as error:
            raise InputError(f"is not JSON: {error.msg}", where=f"{path}:{error.lineno}:{error.colno}") from None
        rows = data.get("cases") if isinstance(data, dict) else data
    if not isinstance(rows, list) or not rows:
        raise InputError("a list of cases is expected, at least one", where=str(path))
    cases: dict[str, Case] = {}
    problems: list[InputError] = []
    for i, row in enumerate(rows):
        name = _name(row, i)
        where = f"{path}, case {name}"
        try:
            if name in cases:
                raise InputError("the id appears twice", where=where)
            cases[name] = parse_case(row, where, name)
        except InputError as error:
            problems.append(error)
    if problems:
        first = problems[0]
        raise InputError(first.message, where=first.where, details=[*first.details, *map(str, problems[1:])])
    return list(cases.values())


def _name(row: Any, index: int) -> str:
    return str(row["id"]) if isinstance(row, dict) and row.get("id") not in (None, "") else str(index)


def parse_case(row: Any, where: str, name: str = "") -> Case:
    """One case from its plain data (see docs/propulsion.md for the keys). Raises InputError."""
    _known_keys(row, _KEYS, where, "a case")
    if "fuel" not in row:
        raise InputError("'fuel' is missing", where=where)
    oxidizer = _streams(row.get("oxidizer") or [], f"{where}, oxidizer")
    fuel = _streams(row["fuel"], f"{where}, fuel")
    if fuel is None:
        raise InputError("'fuel' needs at least one reactant", where=where)
    mode = row.get("mode", "equilibrium")
    if mode not in MODES:
        raise InputError(f"unknown mode '{mode}'; one of {', '.join(MODES)}", where=where)
    if oxidizer is not None and row.get("of") is None:
        raise InputError("'of', the oxidizer/fuel mass ratio, is missing", where=where)
    case = Case(
        id=name,
        fuel=fuel,
        oxidizer=oxidizer,
        ratio=_number(row, "of", where) or 0.0,
        pressure=_needed(row, "pc_bar", where) * 1e5,
        mode=cast(Mode, mode),
        area_ratios=_numbers(row, "area_ratios", where),
        subsonic_area_ratios=_numbers(row, "subsonic_area_ratios", where),
        pressure_ratios=_numbers(row, "pressure_ratios", where),
        contraction_ratio=_number(row, "contraction_ratio", where),
        mass_flux=_number(row, "mass_flux_kg_m2_s", where),
        ambient_pressure=_ambient(row, where),
    )
    try:
        case.check()
    except InputError as error:
        raise InputError(error.message, where=where) from None
    return case


def _ambient(row: dict[str, Any], where: str) -> float:
    value = _number(row, "p_ambient_Pa", where) or 0.0
    if value < 0.0:
        raise InputError(f"p_ambient_Pa is {value:g}; it must be at least 0", where=where)
    return value


def _known_keys(row: Any, known: set[str], where: str, what: str) -> None:
    if not isinstance(row, dict):
        raise InputError(f"{what} is a mapping with the keys {', '.join(sorted(known))}", where=where)
    for key in row:
        if key not in known:
            near = difflib.get_close_matches(str(key), sorted(known), 1, 0.5)
            hint = f"did you mean '{near[0]}'?" if near else f"known: {', '.join(sorted(known))}"
            raise InputError(f"unknown key '{key}'; {hint}", where=where)


def _streams(rows: Any, where: str) -> Stream | None:
    if isinstance(rows, str | dict):
        rows = [rows]
    if not isinstance(rows, list):
        raise InputError('a list of reactants is expected: [{"name": "CH4(L)", "mass_fraction": 1}]', where=where)
    parts = []
    for row in rows:
        if isinstance(row, str):
            row = {"name": row}
        _known_keys(row, _REACTANT_KEYS, where, "a reactant")
        if not isinstance(row.get("name"), str):
            raise InputError("a reactant needs its 'name'", where=where)
        share = _number(row, "mass_fraction", where)
        if share is None and len(rows) > 1:
            raise InputError(f"{row['name']}: with several reactants each needs its mass_fraction", where=where)
        pressure = _number(row, "pressure_bar", where)
        stream = reactant(
            row["name"],
            formula=row.get("formula"),
            enthalpy=_number(row, "enthalpy_J_mol", where),
            temperature=_number(row, "temperature_K", where),
            pressure=None if pressure is None else pressure * 1e5,
            where=where,
        )
        parts.append((stream, 1.0 if share is None else share))
    if not parts:
        return None
    whole = sum(share for _, share in parts)
    if abs(whole - 1.0) > 0.005 or any(share < 0.0 for _, share in parts):
        raise InputError(f"the mass fractions add up to {whole:g}; they must be positive and add up to 1", where=where)
    return blend(parts)


def _number(row: dict[str, Any], key: str, where: str) -> float | None:
    value = row.get(key)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise InputError(f"'{key}' is {value!r}; a number is expected", where=where)
    return float(value)


def _needed(row: dict[str, Any], key: str, where: str) -> float:
    value = _number(row, key, where)
    if value is None:
        raise InputError(f"'{key}' is missing", where=where)
    return value


def _numbers(row: dict[str, Any], key: str, where: str) -> tuple[float, ...]:
    values = row.get(key) or []
    if not isinstance(values, list):
        values = [values]
    return tuple(_needed({key: v}, key, where) for v in values)


def _csv_rows(text: str, path: Path) -> list[dict[str, Any]]:
    """CSV: the same names as columns. fuel, oxidizer: reactants as in ``csv_reactant``, joined by ' + '; lists by ';'."""
    rows = []
    reader = csv.DictReader(io.StringIO(text))
    for line, record in enumerate(reader, start=2):
        row: dict[str, Any] = {}
        for key, raw in record.items():
            if key is None or not isinstance(raw, str):
                raise InputError("more or fewer columns than in the first line", where=f"{path}:{line}")
            key, value = key.strip(), raw.strip()
            if value == "":
                continue
            if key in ("fuel", "oxidizer"):
                row[key] = [csv_reactant(part, f"{path}:{line}, {key}") for part in value.split(" + ")]
            elif key in ("area_ratios", "subsonic_area_ratios", "pressure_ratios"):
                row[key] = [_csv_number(v, key, f"{path}:{line}") for v in value.split(";") if v.strip()]
            elif key in ("id", "mode"):
                row[key] = value
            else:
                row[key] = _csv_number(value, key, f"{path}:{line}") if key in _KEYS else value
        rows.append(row)
    return rows


_REACTANT_COLUMNS = ("name", "mass_fraction", "temperature_K", "enthalpy_J_mol", "formula", "pressure_bar")


def csv_reactant(text: str, where: str) -> dict[str, Any]:
    """A reactant's plain data from its parts, joined by ':' in the order of _REACTANT_COLUMNS; any but the name may be empty."""
    parts = [p.strip() for p in text.split(":")]
    if len(parts) > len(_REACTANT_COLUMNS):
        raise InputError(f"'{text}' has more parts than {':'.join(_REACTANT_COLUMNS)}", where=where)
    return {
        key: value if key in ("name", "formula") else _csv_number(value, key, where)
        for key, value in zip(_REACTANT_COLUMNS, parts, strict=False)
        if value
    }


def _csv_number(text: str, key: str, where: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise InputError(f"'{key}' is '{text}'; a number is expected", where=where) from None


def solve_cases(cases: list[Case], solver: Solver = "gibbs", progress: Progress | None = None) -> list[dict[str, Any]]:
    """The answers as plain data, in the order of the cases. What did not converge has no numbers."""
    progress = progress or Progress()
    answers: list[dict[str, Any]] = []
    for case in cases:
        try:
            with progress.step(case.id):
                answers.append(answer(case, case.solve(solver)))
        except UndecidedError as error:
            answers.append({"id": case.id, "converged": False, "reason": error.message})
        except InputError as error:
            raise InputError(error.message, where=error.where or f"case {case.id}", details=error.details) from None
    return answers


def answer(case: Case, solution: RocketSolution) -> dict[str, Any]:
    """One converged case as plain data. Isp_ambient_s and Cf are at p_ambient_Pa (0, vacuum, when none was given)."""

    def station(s: RocketStation) -> dict[str, Any]:
        isp = None if s.isp_vacuum is None else station_isp(s, case.ambient_pressure)
        return {
            "station": s.station,
            "area_ratio": s.area_ratio,
            "T_K": s.temperature,
            "P_Pa": s.pressure,
            "gamma_s": s.gamma_s,
            "MW": s.molar_mass * 1e3,
            "Isp_vac_s": s.isp_vacuum,
            "Isp_ambient_s": isp,
            "Cf": None if isp is None else isp * G0 / solution.c_star,
            "mole_fractions": dict(zip(s.species, s.mole_fractions.tolist(), strict=True)),
        }

    data: dict[str, Any] = {
        "id": case.id,
        "converged": True,
        "c_star_m_s": solution.c_star,
        "T_c_K": solution.chamber.temperature,
        "stations": [station(s) for s in (solution.chamber, solution.throat, *solution.stations)],
    }
    if solution.combustion_end is not None:
        data["p_injector_Pa"] = solution.injector_pressure
        data["contraction_ratio"] = solution.contraction_ratio
        data["combustion_end"] = station(solution.combustion_end)
    return data


_CASE_COLUMNS: tuple[str, ...] = ("id", "converged", "reason", "c_star_m_s", "T_c_K")
_STATION_COLUMNS: tuple[str, ...] = (
    "station", "area_ratio", "T_K", "P_Pa", "gamma_s", "MW", "Isp_vac_s", "Isp_ambient_s", "Cf", "mole_fractions",
)  # fmt: skip


def answers_csv(answers: list[dict[str, Any]]) -> str:
    """The answers as CSV, one line a station; a case that did not converge has one line without numbers."""
    text = io.StringIO()
    writer = csv.DictWriter(text, (*_CASE_COLUMNS, *_STATION_COLUMNS), restval="", lineterminator="\n")
    writer.writeheader()
    for a in answers:
        head = {key: a[key] for key in _CASE_COLUMNS if key in a} | {"converged": "true" if a["converged"] else "false"}
        for s in a.get("stations", [{}]):
            row = {key: s[key] for key in _STATION_COLUMNS if s.get(key) is not None}
            if s:
                row["mole_fractions"] = ";".join(f"{name}:{x!r}" for name, x in s["mole_fractions"].items())
            writer.writerow(head | row)
    return text.getvalue()
