"""Where everything stands in the flat float64 vectors that the compiled flight works on.

The flight holds no objects: a state, a memory, the phases' rows, one vector of tables, and the parameters. That is what makes a
snapshot a copy of vectors, a dispersion a change of numbers, and the compiled code one for every vehicle. Each vector has a
module of its own here.

Each layout is a named tuple whose fields are positions: ``phases[k, PH.duration]``. Blocks (profiles, the stages' own
parameters) begin at a field and go on.
"""

from .head import HEAD_SIZE, STEER, H, HeadLayout
from .memory import (
    I_,
    IMU_SIZE,
    MARK_SIZE,
    MARKED_PHASES,
    MARKS,
    MEMORY_SIZE,
    NAV_SIZE,
    PEG_SIZE,
    STATUS_DONE,
    STATUS_EMPTY,
    STATUS_FLYING,
    STATUS_GROUND,
    STATUS_LOST,
    STATUS_NAMES,
    STATUS_NAN,
    STATUS_TIME,
    G,
    M,
    MemoryLayout,
    N,
)
from .parameters import (
    DENSITY_NODES,
    DENSITY_SPACING,
    FACTORS,
    NEVER,
    PARAMETER_SIZE,
    ST,
    STAGE_FACTORS,
    STAGE_SIZE,
    STAGES,
    WIND_NODES,
    WIND_SPACING,
    P,
    ParameterLayout,
    StageParameters,
)
from .phase import (
    EVENT_ALTITUDE_DOWN,
    EVENT_APOGEE,
    EVENT_GROUND,
    EVENT_NONE,
    GUIDANCE_EXTERNAL,
    GUIDANCE_NONE,
    GUIDANCE_PEG,
    GUIDANCE_TABLE,
    KIND_CHUTE,
    KIND_FREE,
    KIND_GROUND,
    KIND_RAIL,
    PH,
    PHASE_SIZE,
    PhaseLayout,
)
from .state import BENDING_STATES, RIGID, SLOSH_STATES, STATE_SIZE, StateLayout, Y
from .work import WK, WORK_SIZE, WorkLayout

__all__ = [
    "BENDING_STATES", "DENSITY_NODES", "DENSITY_SPACING", "EVENT_ALTITUDE_DOWN", "EVENT_APOGEE", "EVENT_GROUND",
    "EVENT_NONE", "FACTORS", "GUIDANCE_EXTERNAL", "GUIDANCE_NONE", "GUIDANCE_PEG", "GUIDANCE_TABLE", "HEAD_SIZE",
    "IMU_SIZE", "I_", "KIND_CHUTE", "KIND_FREE", "KIND_GROUND", "KIND_RAIL", "MARKED_PHASES", "MARKS", "MARK_SIZE",
    "MEMORY_SIZE", "NAV_SIZE", "NEVER", "PARAMETER_SIZE", "PEG_SIZE", "PH", "PHASE_SIZE", "RIGID", "SLOSH_STATES", "ST",
    "STAGES", "STAGE_FACTORS", "STAGE_SIZE", "STATE_SIZE", "STATUS_DONE", "STATUS_EMPTY", "STATUS_FLYING", "STATUS_GROUND",
    "STATUS_LOST", "STATUS_NAMES", "STATUS_NAN", "STATUS_TIME", "STEER", "WIND_NODES", "WIND_SPACING", "WK", "WORK_SIZE",
    "G", "H", "HeadLayout", "M", "MemoryLayout", "N", "P", "ParameterLayout", "PhaseLayout", "StageParameters",
    "StateLayout", "WorkLayout", "Y",
]  # fmt: skip
