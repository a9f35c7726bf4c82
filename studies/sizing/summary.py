"""A sized design in short."""

from typing import Any

from ...core.errors import UndecidedError
from ..design import Design
from .closing import as_line
from .loop import Sized


def sizing_summary(sized: Sized, design: Design) -> tuple[dict[str, Any], str]:
    """As plain data and as lines. The finished design is flown on the usual mesh: by how much it misses is said."""
    result = sized.result
    miss = design.payload_mass / result.payload - 1
    data = {"sizing": result.to_json(), "closed_payload_miss": miss}
    lines = ["", f"  sized for     {result.objective}: {result.ascents} ascents, {result.seconds:.1f} s"]
    lines += [f"    {as_line(row)}" for row in result.iterations]
    lines.append(f"  flown again   carries {design.payload_mass:,.1f} kg of {result.payload:,.1f} kg ({miss:+.3%})")
    if result.cost is not None:
        each = 1e6 * result.cost.total / result.payload
        lines.append(f"  cost          {result.cost.total:.1f} M$ ({result.cost.year}) a flight, {each:,.0f} $/kg")
    if abs(miss) > 2 * result.tolerance:
        data |= {
            "status": "failed",
            "exit_code": UndecidedError.exit_code,
            "message": f"the sized design carries {miss:+.2%} of the payload it was made for; tighten 'tolerance'",
        }
    return data, "\n".join(lines)
