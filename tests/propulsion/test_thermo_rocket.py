import json
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from osea_rocket.core.errors import InputError, UndecidedError
from osea_rocket.propulsion.thermo.reactants import blend, mixture_of, pumped, reactant
from osea_rocket.propulsion.thermo.rocket import MODES, Request, RocketSolution, run, solve_rocket, station_isp
from osea_rocket.propulsion.thermo.sensitivity import rocket_derivatives
from osea_rocket.propulsion.thermo.species import species_of

WRONG_SOLVER: dict[str, Any] = {"solver": "CEA"}
WRONG_MODE: dict[str, Any] = {"mode": "frozen"}
PAIRS = [
    ("LOX", "LCH4", 3.4),
    ("LOX", "LH2", 6.0),
    ("NTO", "MMH", 2.0),
    ("H2O2-90", "ethanol-75", 4.0),
    ("MON-3", "A50", 1.6),
]
SOLID = mixture_of(None, blend([(reactant("AP"), 0.70), (reactant("HTPB"), 0.12), (reactant("Al(cr)"), 0.18)]), 0.0)


def mixed(oxidizer, fuel, ratio):
    return mixture_of(reactant(oxidizer), reactant(fuel), ratio)


@settings(max_examples=40, deadline=None)
@given(st.sampled_from(PAIRS), st.floats(0.5, 1.6), st.floats(5.0, 7.5), st.floats(1.05, 60.0), st.sampled_from(MODES))
def test_conservation_along_the_nozzle(pair, richness, log_pressure, ratio, mode):
    mixture = mixed(pair[0], pair[1], pair[2] * richness)
    if mode != "equilibrium":
        ratio = min(ratio, 5.0)  # held compositions cool below 200 K soon
    p = solve_rocket(mixture, 10.0**log_pressure, mode=mode, area_ratios=(ratio,), subsonic_area_ratios=(ratio,))
    flux = p.throat.density * p.throat.speed
    for s in p.stations:
        assert flux / (s.density * s.speed) == pytest.approx(ratio, rel=1e-8)  # mass
        assert s.enthalpy + s.speed**2 / 2 == pytest.approx(mixture.enthalpy, rel=1e-8, abs=1.0)  # energy
        assert s.entropy == pytest.approx(p.chamber.entropy, rel=1e-9)
    assert p.stations[0].station == "subsonic" and p.stations[0].mach < 1.0 < p.stations[1].mach
    assert p.chamber.enthalpy == pytest.approx(mixture.enthalpy, abs=1.0)


def test_pressure_and_area_ratios_name_the_same_flow():
    mixture = mixed("LOX", "RP-1", 2.5)
    by_area = solve_rocket(mixture, 1e7, area_ratios=(20.0,), subsonic_area_ratios=(3.0,))
    ratios = tuple(1e7 / s.pressure for s in by_area.stations)
    by_pressure = solve_rocket(mixture, 1e7, pressure_ratios=ratios)
    for one, other in zip(by_area.stations, by_pressure.stations, strict=True):
        assert one.station == other.station
        assert other.area_ratio == pytest.approx(one.area_ratio, rel=1e-7)
        assert other.temperature == pytest.approx(one.temperature, rel=1e-8)


def test_finite_area_chamber_keeps_the_momentum():
    mixture = mixed("LOX", "LH2", 5.55157)
    p = solve_rocket(mixture, 53.3172e5, area_ratios=(25.0,), contraction_ratio=1.58)
    end = p.combustion_end
    assert end is not None and p.contraction_ratio == 1.58
    assert end.pressure + end.density * end.speed**2 == pytest.approx(53.3172e5, rel=1e-8)
    assert p.chamber.pressure < 53.3172e5
    by_flux = solve_rocket(mixture, 53.3172e5, area_ratios=(25.0,), mass_flux=end.density * end.speed)
    assert by_flux.contraction_ratio == pytest.approx(1.58, rel=1e-8)
    assert by_flux.isp() == pytest.approx(p.isp(), rel=1e-9)
    wide = solve_rocket(mixture, 53.3172e5, area_ratios=(25.0,), contraction_ratio=80.0)
    infinite = solve_rocket(mixture, 53.3172e5, area_ratios=(25.0,))
    assert wide.isp() == pytest.approx(infinite.isp(), rel=1e-4)


# RP-1311 part II, examples 8 and 9 (LOX/LH2, O/F 5.55157, 53.3172 bar), as NASA CEA 3.3.4 gives them: c*, total pressure,
# temperature of the throat, vacuum Isp [m/s] at area ratios 25, 50, 75
EXAMPLES = [
    ({}, 2332.33580, 53.3171997, 3185.67315, (4348.51384, 4487.30019, 4554.91280)),
    ({"contraction_ratio": 1.58}, 2330.99593, 49.1515868, 3179.56868, (4347.67252, 4486.63126, 4554.32786)),
    ({"mass_flux": 1333.9}, 2330.99750, 49.1562224, 3179.57580, (4347.67350, 4486.63205, 4554.32854)),
]


@pytest.mark.parametrize(("chamber", "c_star", "total", "throat", "isp"), EXAMPLES, ids=["infinite", "ratio", "flux"])
def test_examples_8_and_9_of_rp_1311(chamber, c_star, total, throat, isp):
    p = solve_rocket(mixed("LOX", "LH2", 5.55157), 53.3172e5, area_ratios=(25.0, 50.0, 75.0), **chamber)
    assert p.c_star == pytest.approx(c_star, rel=1e-5)
    assert p.chamber.pressure == pytest.approx(total * 1e5, rel=3e-5)
    assert p.throat.temperature == pytest.approx(throat, abs=0.02)
    assert [station_isp(s) * 9.80665 for s in p.stations] == pytest.approx(isp, rel=1e-5)


def test_alumina_melts_in_the_nozzle():
    """A solid propellant: liquid alumina in the chamber, both phases at 2327 K, the solid behind."""
    p = solve_rocket(SOLID, 7e6, area_ratios=(10.0, 50.0))
    assert "Al2O3(L)" in p.chamber.species
    plateau, behind = p.stations
    assert plateau.temperature == pytest.approx(2327.0, abs=0.1)
    assert {"Al2O3(L)", "Al2O3(a)"} <= set(plateau.species)
    assert "Al2O3(a)" in behind.species and "Al2O3(L)" not in behind.species
    assert plateau.entropy == pytest.approx(p.chamber.entropy, rel=1e-9)
    assert p.chamber.molar_mass < p.chamber.gas_molar_mass


def test_water_condenses_and_freezes():
    p = solve_rocket(mixed("LOX", "LH2", 2.0), 1e7, area_ratios=(200.0, 600.0, 2000.0))
    assert "H2O(L)" in p.stations[1].species or "H2O(cr)" in p.stations[1].species
    assert "H2O(cr)" in p.stations[2].species


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize(
    ("oxidizer", "fuel", "ratio"),
    [("LOX", "LCH4", 3.4), ("LOX", "RP-1", 0.4), ("LOX", "LH2", 6.0), ("NTO", "MMH", 2.0)],
)
def test_derivatives_agree_with_differences(oxidizer, fuel, ratio, mode):
    """The second one with C(gr) in it."""
    o, f = reactant(oxidizer), reactant(fuel)

    def values(of, pressure, area_ratio):
        s = solve_rocket(mixture_of(o, f, of), pressure, mode=mode, area_ratios=(area_ratio,))
        return np.array([s.chamber.temperature, s.c_star, s.isp(), s.stations[0].temperature, s.stations[0].pressure])

    point = np.array([ratio, 5e6, 8.0])
    d = rocket_derivatives(o, f, *point, mode=mode)
    exact = np.array([d.chamber_temperature, d.c_star, d.isp_vacuum, d.exit_temperature, d.exit_pressure])
    scale = values(*point)
    for i in range(3):
        step = 3e-4 * point[i]
        up, down = point.copy(), point.copy()
        up[i], down[i] = up[i] + step, down[i] - step
        difference = (values(*up) - values(*down)) / (2.0 * step)
        # a throat is found to 1e-9 of its Mach number, and what is frozen there with it
        noise = 5e-6 if mode == "frozen_throat" else 2e-7
        assert exact[:, i] * point[i] / scale == pytest.approx(difference * point[i] / scale, rel=1e-5, abs=noise)


def test_order_of_mixing_does_not_matter():
    parts = [(reactant("N2H4(L)"), 0.5), (reactant("UDMH"), 0.3), (reactant("H2O(L)"), 0.2)]
    one = solve_rocket(mixture_of(reactant("NTO"), blend(parts), 2.0), 1e6, area_ratios=(10.0,))
    other = solve_rocket(mixture_of(reactant("NTO"), blend(parts[::-1]), 2.0), 1e6, area_ratios=(10.0,))
    assert one.isp() == pytest.approx(other.isp(), rel=1e-12)


def test_a_warmer_propellant_and_a_pump_add_enthalpy():
    cold, warm = reactant("LOX"), reactant("LOX", temperature=100.0)
    assert warm.enthalpy - cold.enthalpy == pytest.approx(
        1.7e3 * 9.83, rel=0.03
    )  # cp of the liquid, Schmidt and Wagner 1985
    fed = reactant("LOX", temperature=90.17, pressure=2e7)
    assert fed.enthalpy - cold.enthalpy == pytest.approx(
        0.65 * 2e7 / 1141.0, rel=0.1
    )  # v(1 - βT)Δp: at one temperature
    lifted = pumped(cold, 2e7, 1141.3, 0.75)
    assert lifted.enthalpy - cold.enthalpy == pytest.approx(2e7 / 1141.3 / 0.75)
    liquid, gas = reactant("N2O(L)", temperature=290.0), reactant("N2O", temperature=290.0)
    assert liquid.enthalpy < gas.enthalpy - 2e5  # heat of vaporisation, and the gas is not an ideal one at 50 bar
    assert gas.enthalpy - reactant("N2O").enthalpy == pytest.approx(-8.15 * 880.0, rel=0.02)  # cp of the dilute gas


# name, temperature, cp [J/(kg K)] between 298.15 K and there
WARMED = [
    ("RP-1", 310.0, 2030.0),  # RocketProps 0.1.10, mean of 298.15 and 310 K, as for the next three
    ("MMH", 310.0, 2944.4),
    ("UDMH", 280.0, 2770.0),
    ("NTO", 310.0, 1605.6),
    ("N2H4(L)", 320.0, 3110.0),  # NASA's polynomial
    ("H2O2-100", 350.0, 2626.2),
    ("A50", 310.0, 0.5 * (2944.0 + 2826.0) + 0.5 * 280.0),  # hydrazine's is 280 J/(kg K) above that of UDMH
    ("ethanol-75", 310.0, 0.75 * 2480.0 + 0.25 * 4180.0),
    ("H2O2-90", 310.0, 0.9 * 2626.2 + 0.1 * 4180.0),
    ("UH25", 310.0, 0.75 * 2826.0 + 0.16 * 3098.0 + 0.09 * 4180.0),
    ("AP", 340.0, 1126.0),
    ("Al(cr)", 340.0, 912.0),  # 24.2 J/(mol K) at 298 K, Cox 1989
]


@pytest.mark.parametrize(("name", "temperature", "heat"), WARMED, ids=[w[0] for w in WARMED])
def test_a_storable_propellant_off_its_reference_temperature(name, temperature, heat):
    rise = reactant(name, temperature=temperature).enthalpy - reactant(name).enthalpy
    assert rise / (temperature - 298.15) == pytest.approx(heat, rel=0.03)


@pytest.mark.parametrize(
    "name", ["RP-1", "MMH", "UDMH", "N2H4(L)", "NTO", "A50", "UH25", "H2O2-90", "ethanol-75", "LNH3"]
)
def test_pump_work_enters(name):
    """At one temperature a liquid's enthalpy rises by v(1 − βT)Δp: more than half of Δp/ρ, and less than all of it."""
    at = 239.72 if name == "LNH3" else 298.15
    rise = reactant(name, temperature=at, pressure=2e7).enthalpy - reactant(name).enthalpy
    assert 2e7 / 1450.0 * 0.5 < rise < 2e7 / 680.0


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: reactant("UDHM"), "did you mean UDMH"),
        (lambda: reactant("xyzzy"), "give its formula and enthalpy_J_mol"),
        (lambda: reactant("fuel", formula="C10 H8"), "needs its enthalpy_J_mol"),
        (lambda: reactant("diborane", formula="B2 H6", enthalpy=36.0), "element B is not covered"),
        (lambda: reactant("fuel", formula="x", enthalpy=0.0), "not a formula"),
        (lambda: reactant("HTPB", temperature=310.0), "known at 298.15 K only"),
        (lambda: reactant("HTPB", pressure=1e7), "thermal expansion"),
        (lambda: reactant("MMH", temperature=500.0), "outside its heat capacity's data, 260 to 400 K"),
        (lambda: reactant("MON-3", pressure=1e7), "NO: no density"),
        (lambda: reactant("LOX", temperature=10.0), "outside|triple"),
        (lambda: reactant("H2O2-40"), "outside 70 to 100 %"),
        (lambda: mixed("LOX", "LH2", 0.0), "mass ratio"),
        (lambda: mixed("LOX", "LH2", 1e6), "mass ratio"),
        (lambda: solve_rocket(SOLID, 1.0), "chamber pressure"),
        (lambda: solve_rocket(SOLID, 1e9), "chamber pressure"),
        (lambda: solve_rocket(SOLID, 1e6, area_ratios=(0.5,)), "area ratio 0.5"),
        (lambda: solve_rocket(SOLID, 1e6, pressure_ratios=(0.5,)), "pressure ratio"),
        (lambda: solve_rocket(SOLID, 1e6, contraction_ratio=0.9), "contraction ratio"),
        (lambda: solve_rocket(SOLID, 1e6, **WRONG_SOLVER), "one of gibbs, cantera"),
        (lambda: solve_rocket(SOLID, 1e6, **WRONG_MODE), "unknown mode 'frozen'"),
    ],
)
def test_bad_input(call, message):
    with pytest.raises(InputError, match=message):
        call()


def test_what_does_not_converge_is_an_error():
    with pytest.raises(UndecidedError, match="outside the range"):
        solve_rocket(mixed("LOX", "LCH4", 1.0625), 1e5, mode="frozen_chamber", area_ratios=(100.0,))
    with pytest.raises(UndecidedError, match="not found"):
        solve_rocket(
            SOLID, 7e6, mode="frozen_chamber", area_ratios=(50.0,)
        )  # liquid alumina far below its melting point


def test_solution_survives_a_file():
    p = solve_rocket(mixed("LOX", "LCH4", 3.4), 1e7, area_ratios=(1.0, 20.0), contraction_ratio=3.0)
    assert RocketSolution.from_json(json.loads(json.dumps(p.to_json()))).same_as(p)
    assert p.stations[0].pressure == p.throat.pressure
    assert station_isp(p.stations[1], p.stations[1].pressure) == pytest.approx(p.stations[1].isp_matched)


def test_species_set_holds_every_condensed_phase():
    full = species_of(("C", "H", "O", "N", "Cl", "Al"))
    assert {"C(gr)", "H2O(L)", "H2O(cr)", "Al2O3(a)", "Al2O3(L)", "AlN(cr)", "NH4Cl(II)"} <= set(full.phases)
    assert len(species_of(("C", "H", "O")).gases) == 121


@pytest.mark.parametrize(("oxidizer", "fuel", "low", "high"), [("LOX", "LH2", 3.0, 12.0), ("LOX", "RP-1", 1.2, 3.5)])
@pytest.mark.parametrize("mode", MODES)
def test_a_batch_on_a_line_is_that_of_single_problems(oxidizer, fuel, low, high, mode):
    """Each starts from the line through the two before; water condenses on the way; the throat's tolerance is 1e-6 of M²."""
    count = 30
    mixtures = [mixed(oxidizer, fuel, float(x)) for x in np.linspace(low, high, count)]
    species = species_of(tuple(symbol for symbol, _ in mixtures[0].atoms))
    atoms = np.array([[amount for _, amount in m.atoms] for m in mixtures])
    enthalpy, pressure = [m.enthalpy for m in mixtures], list(np.linspace(1e6, 3e7, count))
    request = Request((5.0, 80.0) if mode != "equilibrium" else (5.0, 300.0))
    warm, cold = (run(species, atoms, enthalpy, pressure, mode, request, w) for w in (True, False))
    assert np.array_equal(warm[0][:, :, 10], cold[0][:, :, 10])
    there = cold[0][:, :, 10] == 0
    assert there.mean() > 0.9
    assert warm[0][..., :10][there] == pytest.approx(cold[0][..., :10][there], rel=3e-6, abs=1e-9)
    assert warm[1][there] == pytest.approx(cold[1][there], abs=1e-8)
