"""What a solid motor's designer must mind."""

import numpy as np

from ...core.errors import ImpossibleError
from ...core.findings import Finding, Severity
from .ballistics import Firing
from .document import SolidMotor
from .gas import MotorGas
from .grain import GrainTable
from .nozzle import SEPARATION, NozzleLoss

_SLENDER = 12.0  # grain length over diameter; our threshold: no source sets one
_STEEP = (
    0.6  # pressure exponent: most production propellants lie from 0.2 to 0.6 (Sutton & Biblarz, 7th ed., section 11.1)
)
# Port over throat area: 2 is openMotor's default limit (minPortThroat) and "common industry wisdom" (tdkpropulsion.com, 2010).
# Ours is half as much again: P9100, a published firing, stands at 2.00 and was measured 29 % above the pressure without erosion.
_PORT_TO_THROAT = 3.0
_MASS_FLUX = 1406.47  # kg/(m^2 s), 2 lb/(in^2 s): openMotor's default limit (maxMassFlux)


def refuse_unstable(motor: SolidMotor) -> None:
    """Raises ImpossibleError for a pressure exponent of 1 or more: pressure would run away."""
    for i, law in enumerate(motor.propellant.burn_rate):
        if law.exponent >= 1.0:
            raise ImpossibleError(
                f"pressure exponent {law.exponent:g}: at 1 or more the burn rate rises as fast as the nozzle's flow, and no "
                "pressure is stable; take a propellant with an exponent below 1",
                where=motor.where(f"propellant.burn_rate.{i}.exponent"),
            )


def motor_findings(
    motor: SolidMotor,
    gas: MotorGas,
    grain: GrainTable,
    f: Firing,
    factors: tuple[NozzleLoss, ...],
    exit_pressure: float,
) -> tuple[Finding, ...]:
    """The findings of a firing; exit_pressure [Pa] at mean chamber pressure."""
    return (
        _meop(motor, f),
        *_erosive(motor, grain, f),
        _slender(motor, grain),
        _exponent(motor),
        *_data_range(motor, grain, f),
        *_exit(motor, exit_pressure),
        *_unknown(motor, gas, factors),
    )


def _meop(motor: SolidMotor, f: Firing) -> Finding:
    peak = float(f.pressure.max())
    where = motor.where("meop") if motor.meop is not None else motor.where()
    if motor.meop is None:
        text = f"meop is not given: whether the case bears the peak of {peak / 1e5:.1f} bar is not known"
        return Finding(Severity.UNKNOWN, "solid.meop", where, text)
    margin = 1.0 - peak / motor.meop
    says = f"peak pressure {peak / 1e5:.1f} bar, {100 * abs(margin):.1f} % {'below' if margin >= 0 else 'above'} the "
    if margin >= 0.0:
        return Finding(Severity.OK, "solid.meop", where, f"{says}maximum expected {motor.meop / 1e5:.1f} bar", margin)
    text = f"{says}maximum expected {motor.meop / 1e5:.1f} bar; enlarge the throat or take a slower propellant"
    return Finding(Severity.ERROR, "solid.meop", where, text, margin)


def _erosive(motor: SolidMotor, grain: GrainTable, f: Firing) -> list[Finding]:
    """Port area over the throat's share that this port feeds, least of all segments, and the largest mass flux in any port."""
    if all(s.shape == "end burner" for s in motor.grain):
        return []
    ratio, flux = float(grain.passage[0] / f.throat_area[0]), float(f.mass_flux.max())
    margin = min(ratio / _PORT_TO_THROAT, _MASS_FLUX / flux) - 1.0
    where = motor.where("nozzle.throat_diameter")
    says = f"port over throat area {ratio:.2f} (of the share of gas that the port carries), mass flux up to {flux:.0f} kg/(m² s)"
    if margin >= 0.0:
        return [Finding(Severity.OK, "solid.erosive", where, says, margin)]
    limits = f"{says}: below {_PORT_TO_THROAT:g} or above {_MASS_FLUX:.0f} the gas that passes makes the propellant burn faster"
    if motor.propellant.erosive is None:
        text = (
            f"{limits} (erosive burning), which is not computed: the first pressure may be higher than stated here; widen the "
            "ports towards the aft end, or give propellant.erosive"
        )
    else:
        text = f"{limits}: the pressure rests on propellant.erosive, whose relation is not proven for this propellant"
    return [Finding(Severity.WARN, "solid.erosive", where, text, margin)]


def _slender(motor: SolidMotor, grain: GrainTable) -> Finding:
    ratio = grain.length / max(s.outer_diameter for s in motor.grain)
    where = motor.where("grain")
    if ratio > _SLENDER:
        text = (
            f"the grain is {ratio:.1f} diameters long; the pressure falls along the port, and beyond {_SLENDER:g} (our "
            "threshold) one pressure for the whole motor says little; shorten it, or widen the aft port"
        )
        return Finding(Severity.WARN, "solid.length", where, text, _SLENDER / ratio - 1.0)
    text = f"the grain is {ratio:.1f} diameters long (one pressure for all: up to {_SLENDER:g} by our threshold)"
    return Finding(Severity.OK, "solid.length", where, text, 1.0 - ratio / _SLENDER)


def _exponent(motor: SolidMotor) -> Finding:
    n = max(law.exponent for law in motor.propellant.burn_rate)
    where = motor.where("propellant.burn_rate")
    if n > _STEEP:
        more = 1 / (1 - n)
        text = f"pressure exponent {n:g}: a surface 1 % larger raises the pressure by {more:.1f} %; most stay below {_STEEP:g}"
        return Finding(Severity.WARN, "solid.exponent", where, text, 1.0 - n)
    text = f"pressure exponent {n:g}: a surface 1 % larger raises the pressure by {1 / (1 - n):.2f} %"
    return Finding(Severity.OK, "solid.exponent", where, text, 1.0 - n)


def _data_range(motor: SolidMotor, grain: GrainTable, f: Firing) -> list[Finding]:
    laws = motor.propellant.burn_rate
    first, last = laws[0].pressures, laws[-1].pressures
    where = motor.where("propellant.burn_rate")
    if first is None or last is None:
        text = "the range of pressures in which the burn rate was measured is not given"
        return [Finding(Severity.UNKNOWN, "solid.burn_rate_range", where, text)]
    burning = (f.propellant_mass > 0.0) & (f.depth <= grain.web)  # the slivers' end says nothing
    shares = np.diff(f.time, prepend=0.0)[burning] / f.time[burning][-1]
    p = f.pressure[burning]
    above, below = float(shares[p > last[1]].sum()), float(shares[p < first[0]].sum())
    if above > 0.0:
        text = (
            f"pressure reaches {p.max() / 1e5:.1f} bar; the burn rate is known up to {last[1] / 1e5:.1f} bar and carried on "
            "above it: measure it there, or enlarge the throat"
        )
        return [Finding(Severity.WARN, "solid.burn_rate_range", where, text, float(last[1] / p.max() - 1.0))]
    if below > 0.05:
        text = f"{100 * below:.0f} % of the burn is below {first[0] / 1e5:.1f} bar, the least pressure of the burn rate's data"
        return [Finding(Severity.WARN, "solid.burn_rate_range", where, text)]
    text = f"the burn rate's data reach from {first[0] / 1e5:.1f} to {last[1] / 1e5:.1f} bar, the peak is {p.max() / 1e5:.1f} bar"
    return [Finding(Severity.OK, "solid.burn_rate_range", where, text, float(1.0 - p.max() / last[1]))]


def _exit(motor: SolidMotor, exit_pressure: float) -> list[Finding]:
    ambient = motor.ambient_pressure
    if ambient <= 0.0:
        return []
    ratio = exit_pressure / ambient
    where = motor.where("nozzle.exit_diameter")
    margin = ratio / SEPARATION - 1.0
    says = f"exit pressure {exit_pressure / 1e5:.3f} bar, {ratio:.2f} of ambient at mean chamber pressure"
    if ratio < SEPARATION:
        text = f"{says}: below {SEPARATION:g} the flow is taken to separate (Summerfield's rule, recalled); make the exit smaller"
        return [Finding(Severity.WARN, "solid.separation", where, text, margin)]
    if ratio < 1.0:
        text = f"{says}: over-expanded, but attached down to {SEPARATION:g}"
        return [Finding(Severity.OK, "solid.separation", where, text, margin)]
    return [Finding(Severity.OK, "solid.separation", where, says, margin)]


def _unknown(motor: SolidMotor, gas: MotorGas, factors: tuple[NozzleLoss, ...]) -> list[Finding]:
    found = []
    if motor.nozzle.efficiency is None and gas.condensed is None:
        text = (
            "how much of the exhaust is condensed is not known, so no two-phase loss is taken: give the propellant's "
            "composition, or propellant.gas.condensed"
        )
        found.append(Finding(Severity.UNKNOWN, "solid.two_phase", motor.where("propellant.gas"), text))
    for x in factors:
        if x.span is not None:
            text = (
                f"the loss by {x.name} is {100 * x.span[0]:.1f} to {100 * x.span[1]:.1f} %: the relation is for alumina; for "
                "other condensed products sources differ in whether it takes mass fraction or moles; the first is used"
            )
            found.append(Finding(Severity.UNKNOWN, "solid.two_phase", motor.where("propellant"), text))
    if motor.nozzle.efficiency is None and gas.frozen is None:
        text = "the kinetic loss is not known (no frozen expansion to compare with), and none is taken"
        found.append(Finding(Severity.UNKNOWN, "solid.kinetics", motor.where("nozzle"), text))
    if motor.inert_mass is None:
        text = "inert_mass is not given: the loaded mass of the motor is not known"
        found.append(Finding(Severity.UNKNOWN, "solid.inert_mass", motor.where(), text))
    return found
