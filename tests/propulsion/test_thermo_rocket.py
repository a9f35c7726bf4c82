import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from osea_rocket.core.errors import InputError, UndecidedError
from osea_rocket.propulsion.thermo.reactants import blend, mixture_of, pumped, reactant
from osea_rocket.propulsion.thermo.rocket import MODES, RocketSolution, solve_rocket, station_isp
from osea_rocket.propulsion.thermo.sensitivity import rocket_derivatives
from osea_rocket.propulsion.thermo.species import species_of

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


@pytest.mark.parametrize(
    ("oxidizer", "fuel", "ratio"), [("LOX", "LCH4", 3.4), ("LOX", "RP-1", 0.4), ("LOX", "LH2", 6.0)]
)
def test_derivatives_agree_with_differences(oxidizer, fuel, ratio):
    """The second one with C(gr) in it."""
    o, f = reactant(oxidizer), reactant(fuel)

    def values(of, pressure, area_ratio):
        s = rocket_derivatives(o, f, of, pressure, area_ratio).solution
        return np.array([s.chamber.temperature, s.c_star, s.isp(), s.stations[0].temperature, s.stations[0].pressure])

    point = np.array([ratio, 5e6, 15.0])
    d = rocket_derivatives(o, f, *point)
    exact = np.array([d.chamber_temperature, d.c_star, d.isp_vacuum, d.exit_temperature, d.exit_pressure])
    scale = values(*point)
    for i in range(3):
        step = 1e-4 * point[i]
        up, down = point.copy(), point.copy()
        up[i], down[i] = up[i] + step, down[i] - step
        difference = (values(*up) - values(*down)) / (2.0 * step)
        assert exact[:, i] * point[i] / scale == pytest.approx(difference * point[i] / scale, rel=1e-5, abs=2e-7)


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
    liquid = reactant("N2O", temperature=290.0)
    assert liquid.enthalpy < reactant("N2O").enthalpy - 1.2e5  # heat of vaporisation


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: reactant("UDHM"), "did you mean UDMH"),
        (lambda: reactant("xyzzy"), "give its formula and enthalpy_J_mol"),
        (lambda: reactant("fuel", formula="C10 H8"), "needs its enthalpy_J_mol"),
        (lambda: reactant("diborane", formula="B2 H6", enthalpy=36.0), "element B is not covered"),
        (lambda: reactant("fuel", formula="x", enthalpy=0.0), "not a formula"),
        (lambda: reactant("MMH", temperature=310.0), "known at 298.15 K only"),
        (lambda: reactant("LOX", temperature=10.0), "outside|triple"),
        (lambda: reactant("H2O2-40"), "outside 70 to 100 %"),
        (lambda: mixed("LOX", "LH2", 0.0), "mass ratio"),
        (lambda: mixed("LOX", "LH2", 1e6), "mass ratio"),
        (lambda: solve_rocket(SOLID, 1.0), "chamber pressure"),
        (lambda: solve_rocket(SOLID, 1e9), "chamber pressure"),
        (lambda: solve_rocket(SOLID, 1e6, area_ratios=(0.5,)), "area ratio 0.5"),
        (lambda: solve_rocket(SOLID, 1e6, pressure_ratios=(0.5,)), "pressure ratio"),
        (lambda: solve_rocket(SOLID, 1e6, contraction_ratio=0.9), "contraction ratio"),
        (lambda: solve_rocket(SOLID, 1e6, solver="cantera", subsonic_area_ratios=(2.0,)), "Cantera reference"),
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
