"""`osea thermo`: equilibrium and ideal rocket performance."""

from pathlib import Path
from typing import Annotated, Any, Literal

import typer

from .app import JsonFlag, app, finish


@app.command()
def thermo(
    file: Annotated[
        Path | None, typer.Option("--file", "-f", metavar="CASES", help="Many problems: a .json or .csv file.")
    ] = None,
    fuel: Annotated[
        list[str] | None,
        typer.Option("--fuel", metavar="REACTANT", help="A fuel: RP-1, LCH4, ethanol-75:0.9:310 … May be repeated."),
    ] = None,
    oxidizer: Annotated[
        list[str] | None,
        typer.Option("--oxidizer", metavar="REACTANT", help="An oxidizer: LOX, NTO, H2O2-90 … May be repeated."),
    ] = None,
    of: Annotated[float | None, typer.Option("--of", metavar="RATIO", help="Oxidizer/fuel mass ratio.")] = None,
    pc: Annotated[
        str | None, typer.Option("--pc", metavar="PRESSURE", help="Chamber pressure with its unit: '100 bar'.")
    ] = None,
    area_ratio: Annotated[
        list[float] | None,
        typer.Option("--area-ratio", metavar="RATIO", help="Supersonic area ratio. May be repeated."),
    ] = None,
    subsonic_area_ratio: Annotated[
        list[float] | None, typer.Option("--subsonic-area-ratio", metavar="RATIO", help="May be repeated.")
    ] = None,
    pressure_ratio: Annotated[
        list[float] | None,
        typer.Option("--pressure-ratio", metavar="RATIO", help="Chamber over station pressure. May be repeated."),
    ] = None,
    contraction_ratio: Annotated[
        float | None,
        typer.Option("--contraction-ratio", metavar="RATIO", help="Finite-area chamber: area over throat."),
    ] = None,
    mass_flux: Annotated[
        str | None, typer.Option("--mass-flux", metavar="FLUX", help="Finite-area chamber: '1500 kg/s/m^2'.")
    ] = None,
    mode: Annotated[
        Literal["equilibrium", "frozen_chamber", "frozen_throat"],
        typer.Option("--mode", help="How the composition goes along the nozzle."),
    ] = "equilibrium",
    ambient: Annotated[
        str | None,
        typer.Option("--ambient", metavar="PRESSURE", help="Ambient pressure for Isp and Cf (vacuum if left out)."),
    ] = None,
    problem: Annotated[
        Literal["rocket", "tp", "hp", "sp"], typer.Option("--problem", help="A rocket, or one state of equilibrium.")
    ] = "rocket",
    temperature: Annotated[
        str | None, typer.Option("--temperature", metavar="TEMPERATURE", help="Of a tp problem: '3000 K'.")
    ] = None,
    entropy: Annotated[
        str | None, typer.Option("--entropy", metavar="ENTROPY", help="Of an sp problem: '12 kJ/kg/K'.")
    ] = None,
    enthalpy: Annotated[
        str | None,
        typer.Option("--enthalpy", metavar="ENTHALPY", help="Of an hp problem, if not the reactants' own: '-2 MJ/kg'."),
    ] = None,
    solver: Annotated[
        Literal["gibbs", "cantera"], typer.Option("--solver", help="Our minimiser, or Cantera (gases only).")
    ] = "gibbs",
    as_csv: Annotated[bool, typer.Option("--csv", metavar="", help="Print CSV, one line a station.")] = False,
    json: JsonFlag = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", metavar="", help="No progress bar.")] = False,
) -> None:
    """Equilibrium and ideal rocket performance, as NASA's CEA gives them: one problem by flags, or many by a file.

    osea thermo --fuel RP-1 --oxidizer LOX --of 2.36 --pc '97 bar' --area-ratio 16

    osea thermo --problem tp --fuel LCH4 --oxidizer LOX --of 0.3 --pc '50 bar' --temperature '1000 K'

    osea thermo --file cases.json --json

    REACTANT is NAME[:MASS_FRACTION[:KELVIN[:J_PER_MOL[:FORMULA[:BAR]]]]]; any part but the name may be empty:
    'dye:0.1::78530:C10 H8'. A name is a propellant (RP-1, LOX), a solution by strength (H2O2-90, ethanol-75, MON-3) or a
    species (CH4 is the gas, CH4(L) the liquid). Kelvin and bar: as it enters the chamber, pump work included.

    The file is a list of cases: {"id", "fuel": [{"name", "mass_fraction", "temperature_K", "pressure_bar",
    "enthalpy_J_mol", "formula"}], "oxidizer": […], "of", "pc_bar", "p_ambient_Pa", "area_ratios",
    "subsonic_area_ratios", "pressure_ratios", "contraction_ratio", "mass_flux_kg_m2_s", "mode"}; or CSV with these
    columns, reactants joined by ' + ', lists by ';'.
    """
    from ..propulsion.thermo.command import flags, run_case, run_file, run_state

    if file is not None:
        finish(json, lambda: run_file(file, solver, quiet=quiet, as_csv=as_csv))
        return
    row: dict[str, Any] = flags(fuel or [], oxidizer or [], of, pc, ambient, mass_flux)
    if problem == "rocket":
        row |= {
            "mode": mode,
            "area_ratios": area_ratio,
            "subsonic_area_ratios": subsonic_area_ratio,
            "pressure_ratios": pressure_ratio,
            "contraction_ratio": contraction_ratio,
        }
        finish(json, lambda: run_case(row, solver, as_csv=as_csv))
    else:
        finish(json, lambda: run_state(row, problem, temperature, entropy, enthalpy))
