"""Which gas a generator, preburner or tap can hold: each model is of one pair of propellants."""

from ...core.documents import FieldError
from ..fluids.storable_gas import FUELS, OXIDIZERS
from ..propellants import find_propellant

# fuel of which each gas is made; the oxidizer of these is oxygen
_FUEL = {"fuel-rich hydrogen": "H2(L)", "fuel-rich kerosene": "RP-1", "fuel-rich methane": "CH4(L)"}
_OXYGEN = "O2(L)"


def gases_of(oxidizer: str, fuel: str) -> tuple[str, ...]:
    """The gases that these propellants can make in a burner."""
    burnt = find_propellant(fuel, "fuel")
    if find_propellant(oxidizer, "oxidizer").name in OXIDIZERS and burnt.name in FUELS:
        return ("fuel-rich storable",)
    if find_propellant(oxidizer, "oxidizer").name != _OXYGEN:
        return ()
    rich = tuple(gas for gas, name in _FUEL.items() if name == burnt.name)
    return (*rich, "oxidizer-rich") if set(burnt.atoms) <= {"C", "H", "O"} else rich


def check_gas(field: str, gas: str, oxidizer: str, fuel: str) -> None:
    """Raises FieldError where a gas is not made of these propellants."""
    fitting = gases_of(oxidizer, fuel)
    if gas not in fitting:
        mend = f"take {' or '.join(fitting)}" if fitting else "there is no model of their gas in a burner"
        raise FieldError(field, f"'{gas}' does not come of {oxidizer} and {fuel}; {mend}")
