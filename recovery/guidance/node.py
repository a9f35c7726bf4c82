"""Where everything stands in the one vector that the landing solver works on.

The program is a chain of nodes. Node k has eleven variables: position [3] and velocity [3], the logarithm of mass, and what
commands it: the magnitude of the thrust's acceleration and its three components. Each node has a block of NODE numbers, the
blocks follow a HEAD. That is all the memory there is, so the C code allocates nothing.

A *triple* is a vector of the optimality system's size, split over the nodes: variables X, the multipliers Y of the dynamics
that lead into the node, T of the terminal state, and Z of the cones.
"""

STATES = 7
CONTROLS = 4
VARIABLES = 11
R, V, LOG_MASS, SIGMA, U = 0, 3, 6, 7, 8

# Cones of a node: half-lines first, then second-order cones. A cone that does not apply has a row of noughts and is satisfied.
LINES = 3
"""Upper limit of thrust, pointing, least mass."""
CONES = 7
ROWS = 17
CONE_ROW = (0, 1, 2, 3, 7, 10, 13)
CONE_SIZE = (1, 1, 1, 4, 3, 3, 4)
# the variables that a cone's rows may hold: first, and one beyond the last
CONE_FROM = (6, 7, 6, 7, 6, 0, 3)
CONE_TO = (8, 11, 7, 11, 8, 8, 6)
MOST_THRUST, POINTING, LEAST_MASS, THRUST_CONE, LEAST_THRUST, GLIDE_CONE, SPEED_CONE = 0, 1, 2, 3, 4, 5, 6

# Head: sizes and results of the solver.
NODES, TAU, KAPPA, ITERATIONS, GAP, PRIMAL_RESIDUAL, DUAL_RESIDUAL, COST_VALUE = 0, 1, 2, 3, 4, 5, 6, 7
TERMINAL = 8
"""Seven flags: which components of the last state are given."""
TARGET = 15
"""Seven values of them."""
MOST_ITERATIONS = 22
# The vehicle and the place, SI: what `descent.set_state` scales.
GIVEN = 24
GRAVITY = GIVEN
FLOW = GRAVITY + 3
"""Mass flow over vacuum thrust [s/m]."""
ARCS = FLOW + 1
"""How many arcs with an engine count each: 1 to 3."""
SWITCH = ARCS + 1
"""Two shares of the flight time at which the count changes."""
LEAST = SWITCH + 2
MOST = LEAST + 3
EXIT_AREA = MOST + 3
"""Thrust limits in vacuum [N] and exit area [m^2] of the engines of each arc."""
AIR_PRESSURE = EXIT_AREA + 3
PRESSURE_HEIGHT, AIR_DENSITY, DENSITY_HEIGHT, DRAG_AREA = (
    AIR_PRESSURE + 1,
    AIR_PRESSURE + 2,
    AIR_PRESSURE + 3,
    AIR_PRESSURE + 4,
)
TILT, LAST_TILT, GLIDE_SLOPE, MOST_SPEED, DRY_MASS, MISS_WEIGHT = (
    DRAG_AREA + 1,
    DRAG_AREA + 2,
    DRAG_AREA + 3,
    DRAG_AREA + 4,
    DRAG_AREA + 5,
    DRAG_AREA + 6,
)
"""Cosine of the thrust's largest angle from the vertical, of that at touchdown, tangent of the glide slope's angle from the
vertical (0: the ground alone, below 0: neither), largest speed (0: none), least mass, and the cost of a miss against that
of propellant."""
TOUCHDOWN = MISS_WEIGHT + 1
"""Velocity [3] at touchdown."""
INTERVALS = TOUCHDOWN + 3
START = INTERVALS + 1
"""Position [3], velocity [3] and mass of the first node, SI."""
# The same scaled: length by the distance, acceleration by the largest thrust, mass by the first.
LENGTH = START + 7
SPEED, TIME = LENGTH + 1, LENGTH + 2
SCALED = LENGTH + 3
# Search over the flight time.
FLIGHT_TIME = SCALED + (START - GIVEN)
SLOPE, CURVATURE, CHANGE, MISS, SOLVES, APEX, SOLVED_TIME, MASS_LIMITED, SHORTFALL, PLANNED, OUTCOME = (
    FLIGHT_TIME + 1, FLIGHT_TIME + 2, FLIGHT_TIME + 3, FLIGHT_TIME + 4, FLIGHT_TIME + 5, FLIGHT_TIME + 6, FLIGHT_TIME + 8,
    FLIGHT_TIME + 9, FLIGHT_TIME + 10, FLIGHT_TIME + 11, FLIGHT_TIME + 12,
)  # fmt: skip
"""Scaled time of flight, derivatives of the cost by it, change in the last pass, miss [scaled], programs solved, the
glide slope's apex [2]; SOLVED_TIME: of the point in SOLUTION; whether DRY_MASS holds; propellant [kg] that the pad would take
beyond what there is; nodes of the plan (nought: none); OUTCOME of the last call."""
WIND = OUTCOME + 1
"""Velocity [3] of the air over the ground [m/s], the same at every height; then the same scaled."""
S_WIND = WIND + 3
SCRATCH = S_WIND + 3
"""Room for a state and its derivatives by state and controls while an interval is integrated."""
HEAD = SCRATCH + 700

# A triple.
TX, TY, TT, TZ = 0, 11, 18, 25
TRIPLE = 42

# Data of a node: cost, cones G x + s = h, and the dynamics that lead into it, x = F w(before) + C u - b.
COST = 0
G = COST + VARIABLES
OFFSET = G + ROWS * VARIABLES
F = OFFSET + ROWS
C = F + STATES * VARIABLES
B = C + STATES * CONTROLS
# The point, and the slacks of its cones.
SOLUTION = B + STATES
SLACK = SOLUTION + TRIPLE
# Directions and right sides.
FIRST = SLACK + ROWS
SECOND = FIRST + TRIPLE
RIGHT = SECOND + TRIPLE
RESIDUAL = RIGHT + TRIPLE
ERROR = RESIDUAL + TRIPLE
CORRECTION = ERROR + TRIPLE
COMPLEMENT = CORRECTION + TRIPLE
SLACK_STEP = COMPLEMENT + ROWS
# Scaling (Nesterov and Todd): a point of the cone and a factor each, and the scaled variable.
SCALING = SLACK_STEP + ROWS
FACTOR = SCALING + ROWS
LAMBDA = FACTOR + CONES
# Riccati: cost to go P, its gradient, feedback K, the factor L of what the controls cost, and R C + S.
P = LAMBDA + ROWS
GRADIENT = P + VARIABLES * VARIABLES
K = GRADIENT + VARIABLES
L = K + CONTROLS * VARIABLES
RC = L + CONTROLS * CONTROLS
LAST = RC + STATES * CONTROLS
REDUCED = LAST + CONTROLS
# The reference that dynamics and thrust limits are linearised about; SHARE: of the flight time, since the node before.
REFERENCE = REDUCED + VARIABLES
SHARE = REFERENCE + VARIABLES
ARC = SHARE + 1
# The plan, SI: time since START, position, velocity, ln of mass in kg, magnitude and components of the thrust's acceleration.
PLAN_TIME = ARC + 1
PLAN = PLAN_TIME + 1
NODE = PLAN + VARIABLES
