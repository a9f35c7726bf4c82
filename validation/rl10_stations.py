"""What the published stations of the RL10A-3-3A say of its machines' efficiencies, beside those that its report lists.

Only published figures and the fluids' equations of state (CoolProp: parahydrogen, oxygen) enter, none of our balance.
"""

from pathlib import Path
from typing import Any

import yaml

from ..propulsion.fluids.state import fluid_state
from .comparison import Comparison

NOTE = (
    "Worked out from the table's total pressures and enthalpies on both sides of each machine and the equation of state: "
    "isentropic over listed change of enthalpy (for the turbine the other way round, its bypass of 0.4 % taken out). The "
    "second stage and the turbine are listed 4 % better than the same table's enthalpies allow; its temperatures, which do "
    "not enter here, say the same (second stage 0.559, turbine 0.70). Nor does another definition help: static pressures give "
    "the turbine 0.70, total to static 0.66. No balance can hold both the listed efficiencies and the listed stations: the "
    "rows that count use the efficiencies of the stations, those with the listed ones are shown."
)


def _data() -> dict[str, Any]:
    return yaml.safe_load((Path(__file__).parent / "data" / "rl10_stations.yaml").read_text(encoding="utf-8"))


def implied_efficiencies() -> dict[str, float]:
    """Machine → total-to-total efficiency by the stations' pressures and enthalpies."""
    d, found = _data(), {}
    for name, machine in d["machines"].items():
        before, after = (d["stations"][machine[k]] for k in ("from", "to"))
        inlet = fluid_state(machine["fluid"], pressure=before["pressure_bar"] * 1e5, temperature=before["temperature"])
        ideal = fluid_state(machine["fluid"], pressure=after["pressure_bar"] * 1e5, entropy=inlet.entropy)
        isentropic = ideal.enthalpy - inlet.enthalpy
        listed = after["enthalpy"] - before["enthalpy"]
        if isentropic > 0.0:
            found[name] = isentropic / listed
        else:  # what is listed behind the turbine is mixed with what went round it
            found[name] = listed / (machine["passing"] * isentropic)
    return found


def comparisons() -> list[Comparison]:
    """Efficiency by the stations beside the listed one, machine by machine."""
    d = _data()
    return [
        Comparison(
            "Engine cycles", f"RL10A-3-3A: efficiency of the {name} by the listed stations, beside the listed one", "1",
            d["machines"][name]["listed"], d["source"], "secondary", ours=ours, kind="shown", digits=4, note=NOTE, real=True,
        )
        for name, ours in implied_efficiencies().items()
    ]  # fmt: skip
