"""What one step works on."""

from typing import NamedTuple

from .state import STATE_SIZE


class WorkLayout(NamedTuple):
    """What stands still during one step, and what is known at its begin, middle and end (three numbers: *_0)."""

    density: int
    pressure: int
    per_sound: int
    blow_x: int
    blow_y: int
    blow_z: int
    thrust_0: int
    thrust_1: int
    thrust_2: int
    flow_0: int
    flow_1: int
    flow_2: int
    push_x_0: int
    push_x_1: int
    push_x_2: int
    push_y_0: int
    push_y_1: int
    push_y_2: int
    push_z_0: int
    push_z_1: int
    push_z_2: int
    pitch_damping: int
    roll_damping: int
    roll_forcing: int
    axis_0: int
    axis_1: int
    axis_2: int
    axis_3: int
    axis_4: int
    axis_5: int
    axis_6: int
    axis_7: int
    axis_8: int
    mx: int
    my: int
    mz: int
    center: int
    ix: int
    iy: int
    iz: int
    ix_rate: int
    iy_rate: int
    iz_rate: int
    q_area: int
    speed: int
    mach: int
    sine: int
    fx: int
    fy: int
    fz: int
    gx: int
    gy: int
    gz: int
    altitude: int
    gimbal_y: int
    gimbal_z: int
    level: int
    throttle: int
    chute: int
    active: int
    slosh_0: int
    slosh_1: int
    slosh_2: int
    slosh_3: int
    slosh_4: int
    slosh_5: int
    fin_y: int
    fin_z: int
    stroke: int


WK = WorkLayout._make(range(len(WorkLayout._fields)))
WORK_SIZE = len(WK) + 6 * STATE_SIZE
"""Work of a step: the numbers above, then four slopes, a state between, and the state before the step."""
