"""Comparison cases by the PyPI package `cea` for the propellants that cea_cases.json does not have; to a JSON file.

Run in an environment with cea 3.3.4 (see run_cea.py): `python write_cases.py validation/data/cea_more_cases.json`.
Chambers of infinite and finite area, shifting and frozen from chamber or throat, subsonic, supersonic and pressure ratios;
all candidate products with condensed ones. A run that the package does not call converged is left out.
"""

import json
import sys
from pathlib import Path

import cea
import numpy as np

G0 = 9.80665
HTPB = cea.Reactant(
    "HTPB",
    formula={"C": 7.3165, "H": 10.336, "O": 0.1063},
    enthalpy=5020.8,
    enthalpy_units="J/mol",
    temperature=298.15,
)
T_OF = {"O2(L)": 90.17, "NH3(L)": 239.72, "C3H8(L)": 231.076, "CH4(L)": 111.643, "H2(L)": 20.27}
# label, fuel, oxidizer (reactant of cea, our name, mass fraction), O/F, chamber pressure [bar]
PROPELLANTS = [
    ("LOX/NH3", [("NH3(L)", "NH3(L)", 1.0)], [("O2(L)", "O2(L)", 1.0)], 1.4, 70.0),
    ("LOX/propane", [("C3H8(L)", "C3H8(L)", 1.0)], [("O2(L)", "O2(L)", 1.0)], 2.8, 100.0),
    ("LOX/ethanol 100 %", [("C2H5OH(L)", "C2H5OH(L)", 1.0)], [("O2(L)", "O2(L)", 1.0)], 1.7, 40.0),
    ("LOX/ethanol 92.5 %",
     [("C2H5OH(L)", "C2H5OH(L)", 0.925), ("H2O(L)", "H2O(L)", 0.075)], [("O2(L)", "O2(L)", 1.0)], 1.5, 60.0),
    ("LOX/ethanol 75 %",
     [("C2H5OH(L)", "C2H5OH(L)", 0.75), ("H2O(L)", "H2O(L)", 0.25)], [("O2(L)", "O2(L)", 1.0)], 1.25, 15.0),
    ("H2O2 90 %/RP-1", [("RP-1", "RP-1", 1.0)], [("H2O2(L)", "H2O2(L)", 0.9), ("H2O(L)", "H2O(L)", 0.1)], 7.0, 50.0),
    ("H2O2 98 %/ethanol",
     [("C2H5OH(L)", "C2H5OH(L)", 1.0)], [("H2O2(L)", "H2O2(L)", 0.98), ("H2O(L)", "H2O(L)", 0.02)], 4.2, 30.0),
    ("H2O2 70 %/RP-1", [("RP-1", "RP-1", 1.0)], [("H2O2(L)", "H2O2(L)", 0.7), ("H2O(L)", "H2O(L)", 0.3)], 9.0, 20.0),
    ("N2O/propane", [("C3H8(L)", "C3H8(L)", 1.0)], [("N2O", "N2O", 1.0)], 8.5, 35.0),
    ("N2O/ethanol", [("C2H5OH(L)", "C2H5OH(L)", 1.0)], [("N2O", "N2O", 1.0)], 5.0, 30.0),
    ("N2O/HTPB", [(HTPB, "HTPB", 1.0)], [("N2O", "N2O", 1.0)], 7.0, 30.0),
    ("NTO/Aerozine-50",
     [("N2H4(L)", "N2H4(L)", 0.5), ("C2H8N2(L),UDMH", "UDMH", 0.5)], [("N2O4(L)", "N2O4(L)", 1.0)], 1.6, 8.0),
    ("NTO/UH25",
     [("C2H8N2(L),UDMH", "UDMH", 0.75), ("N2H4(L)", "N2H4(L)", 0.160032), ("H2O(L)", "H2O(L)", 0.089968)],
     [("N2O4(L)", "N2O4(L)", 1.0)], 1.7, 58.5),
    ("MON-3/MMH", [("CH6N2(L)", "CH6N2(L)", 1.0)], [("N2O4(L)", "N2O4(L)", 0.97), ("NO", "NO", 0.03)], 1.65, 10.0),
    ("MON-25/UDMH", [("C2H8N2(L),UDMH", "UDMH", 1.0)], [("N2O4(L)", "N2O4(L)", 0.75), ("NO", "NO", 0.25)], 2.4, 25.0),
    ("NTO/N2H4", [("N2H4(L)", "N2H4(L)", 1.0)], [("N2O4(L)", "N2O4(L)", 1.0)], 1.2, 20.0),
    ("AP/HTPB/Al", [(HTPB, "HTPB", 0.12), ("AL(cr)", "Al(cr)", 0.18), ("NH4CLO4(I)", "NH4ClO4(I)", 0.70)], [], 0.0, 60.0),
    ("AP/HTPB", [(HTPB, "HTPB", 0.15), ("NH4CLO4(I)", "NH4ClO4(I)", 0.85)], [], 0.0, 70.0),
]  # fmt: skip
SUPERSONIC, SUBSONIC, PRESSURE, CONTRACTION = (5.0, 40.0), (2.5,), 30.0, 2.0


def place(solution, i):
    return [float(x) for x in (solution.ae_at[i], solution.T[i], solution.P[i],
            solution.Isp_vacuum[i] / G0, solution.Isp[i] / G0)]  # fmt: skip


def run(parts, weights, hc, pressure, frozen, contraction):
    names = [r for r, _, _ in parts]
    reactants, products = cea.Mixture(names), cea.Mixture(names, products_from_reactants=True)
    solver = cea.RocketSolver(products, reactants=reactants)
    solution = cea.RocketSolution(solver)
    how = {"iac": True} if contraction is None else {"iac": False, "ac_at": contraction}
    if frozen:
        how["n_frz"] = frozen
    else:
        how["subar"] = list(SUBSONIC)
    supersonic = list(SUPERSONIC[:1] if frozen else SUPERSONIC)
    solver.solve(solution, weights, pressure, [PRESSURE], supar=supersonic, hc=hc, **how)
    if not solution.converged:
        return None
    first = 2 if contraction is None else 4  # finite area: injector, infinite area, end of combustion, throat
    wanted = ["pressure", *([] if frozen else ["subsonic"]), *["supersonic"] * len(supersonic)]
    assert solution.num_pts == first + len(wanted), (solution.num_pts, list(solution.ae_at))
    found = {
        "c_star_m_s": float(solution.c_star[-1]),
        "chamber_temperature_K": float(solution.T[0]),
        "throat": [float(solution.T[first - 1]), float(solution.P[first - 1])],
        "stations": [[name, *place(solution, first + i)] for i, name in enumerate(wanted)],
    }
    if contraction is not None:
        found["total_pressure_bar"] = float(solution.P[1])
        found["combustion_end"] = [float(solution.T[2]), float(solution.P[2])]
    return found


cases, missing = [], []
for label, fuel, oxidizer, ratio, pressure in PROPELLANTS:
    parts = [*fuel, *oxidizer]
    reactants = cea.Mixture([r for r, _, _ in parts])
    fuel_weights = np.array([s for _, _, s in fuel] + [0.0] * len(oxidizer))
    oxidizer_weights = np.array([0.0] * len(fuel) + [s for _, _, s in oxidizer])
    weights = reactants.of_ratio_to_weights(oxidizer_weights, fuel_weights, ratio) if oxidizer else fuel_weights
    temperatures = np.array([T_OF.get(str(ours), 298.15) for _, ours, _ in parts])
    hc = reactants.calc_property(cea.ENTHALPY, weights, temperatures) / cea.R
    modes = {}
    for mode, frozen, contraction in (
        ("equilibrium", 0, None),
        ("frozen_chamber", 1, None),
        ("frozen_throat", 2, None),
        ("finite_area", 0, CONTRACTION),
    ):
        found = run(parts, weights, hc, pressure, frozen, contraction)
        if found is None:
            missing.append(f"{label} {mode}")
        else:
            modes[mode] = found
    cases.append(
        {
            "propellants": label,
            "fuel": [[ours, share] for _, ours, share in fuel],
            "oxidizer": [[ours, share] for _, ours, share in oxidizer],
            "oxidizer_fuel_ratio": ratio,
            "pressure_bar": pressure,
            "mixture_enthalpy_kJ_kg": float(hc * cea.R / 1e3),
            "modes": modes,
        }
    )


def rounded(value):
    """Eight figures."""
    if isinstance(value, dict):
        return {k: rounded(v) for k, v in value.items()}
    if isinstance(value, list):
        return [rounded(v) for v in value]
    return float(f"{value:.8g}") if isinstance(value, float) else value


data = {
    "source": "NASA CEA 3.3.4 (Python package cea, thermo.inp of 9/8/2021), made by benchmarks/peers/thermo/write_cases.py; "
    "all candidate products with condensed ones. CEA uses R = 8314.51 J/(kmol K), we 8314.46.",
    "units": "pressure_bar, c_star_m_s, chamber_temperature_K; fuel, oxidizer: [reactant, mass fraction]; throat, "
    "combustion_end: [T_K, P_bar]; stations: [place, area ratio, T_K, P_bar, vacuum Isp_s, matched Isp_s]; "
    f"pressure: the station at 1/{PRESSURE:g} of the pressure of injector or chamber; "
    f"finite_area: contraction ratio {CONTRACTION:g}",
    "not_converged_by_cea": missing,
    "cases": rounded(cases),
}
Path(sys.argv[1]).write_text(json.dumps(data) + "\n", encoding="utf-8")
