"""Acoustic modes of combustion chambers beside published ones.

``python -m osea_rocket.validation.acoustics`` prints the table.
"""

from ..propulsion.acoustics import chamber_modes, sound_speed
from ..propulsion.propellants import find_propellant, mix
from ..propulsion.thermo.rocket import solve_rocket
from .comparison import Comparison

_GROUP = "Acoustic modes"
_VULCAIN = "Sutton and Biblarz, Rocket Propulsion Elements, table 9-3 (from acoustic tests, corrected for sound speed), in copies"
_HUZEL = "Huzel and Huang, Design of Liquid Propellant Rocket Engines, fig. 4-59, as quoted in a public code's notes"


def comparisons() -> list[Comparison]:
    """Vulcain HM-60, the textbook coefficients, and a research chamber from memory."""
    rows = []
    mixture = mix(find_propellant("LOX"), find_propellant("LH2"), 5.6)
    modes = chamber_modes(0.41, 0.45, sound_speed(solve_rocket(mixture, 100e5).chamber))
    note = "LOX/LH2, O/F 5.6, 100 bar; bore 0.41 m (a public code's figure), a cone in truth; gas at rest, fully burnt."
    for name, mode, published in (("first tangential", "1T", 2424.0), ("second radial", "2R", 8774.0)):
        rows.append(
            Comparison(_GROUP, f"Vulcain HM-60, {name} mode", "Hz", published, _VULCAIN, "secondary",
                       ours=modes.mode(mode).frequency, tolerance=0.10 * published, digits=4, note=note, real=True)
        )  # fmt: skip
    unit = chamber_modes(1.0, 1.0, 1.0)
    for name, mode, published in (("tangential", "1T", 0.59), ("radial", "1R", 1.22), ("longitudinal", "1L", 0.5)):
        rows.append(
            Comparison(_GROUP, f"first {name} mode: frequency times size over sound speed", "1", published, _HUZEL,
                       "secondary", ours=unit.mode(mode).frequency, tolerance=0.005, digits=4)
        )  # fmt: skip
    mixture = mix(find_propellant("LOX"), find_propellant("LH2"), 6.0)
    hot = sound_speed(solve_rocket(mixture, 80e5).chamber)
    rows.append(
        Comparison(_GROUP, "DLR chamber BKD (80 mm), first tangential mode", "Hz", 10200.0,
                   "general knowledge, not looked up",
                   "recalled", ours=chamber_modes(0.08, 0.2, hot).mode("1T").frequency, kind="shown", digits=4, real=True,
                   note="Near the face the gas is not burnt yet and slower than the equilibrium that is used here.")
    )  # fmt: skip
    return rows


if __name__ == "__main__":
    from .page import lines

    print(lines(comparisons()))
