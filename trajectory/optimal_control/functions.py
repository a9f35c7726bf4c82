"""The user's dynamics, traced once: values, Jacobian and Hessian of one collocation point.

A phase's equations are traced for a single point; the transcription maps them over all points. So the time to build
grows with the physics, not with the mesh, and phases that share a dynamics function share its trace.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import casadi as ca
import numpy as np

from ...core.errors import InputError
from .problem import Phase, Problem, Values

if hasattr(ca.GlobalOptions, "setNumpyMode"):  # CasADi 3.8 on: numpy ufuncs on its values, without a notice
    ca.GlobalOptions.setNumpyMode(1)


@dataclass(frozen=True)
class Shape:
    """What a phase's trace depends on: equal shapes are traced once. Pairs are (name, scale)."""

    states: tuple[tuple[str, float], ...]
    controls: tuple[tuple[str, float], ...]
    parameters: tuple[tuple[str, float], ...]
    path: tuple[tuple[str, float], ...]
    constants: tuple[str, ...]
    time_scale: float
    dynamics: Any

    @classmethod
    def of(cls, problem: Problem, phase: Phase) -> "Shape":
        """The shape of a problem's phase."""

        def pairs(items: Sequence[Any]) -> tuple[tuple[str, float], ...]:
            return tuple((i.name, float(i.scale)) for i in items)

        return cls(
            states=pairs(phase.all_states),
            controls=pairs(phase.controls),
            parameters=pairs(problem.parameters),
            path=pairs(phase.path),
            constants=(*problem.constants, *phase.constants),
            time_scale=phase.time_scale,
            dynamics=phase.dynamics,
        )


@dataclass(frozen=True)
class Derivatives:
    """A traced vector function y(z, fixed): Jacobian and upper Hessian of multipliers' product with y, as nonzeros.

    value(z, ...) -> y; jacobian(z, ...) -> nonzeros at (rows, columns); hessian(z, ..., multipliers) -> nonzeros.
    """

    value: ca.Function
    jacobian: ca.Function
    hessian: ca.Function
    jacobian_at: tuple[np.ndarray, np.ndarray]
    hessian_at: tuple[np.ndarray, np.ndarray]


@dataclass(frozen=True)
class Point:
    """One collocation point of a phase.

    derivatives: of y = (-weight * duration * rate / scale of every state, path value / scale), with
    z = (states, controls, start, duration, parameters) over their scales, fixed = (fraction, weight), constants.
    physical: (states, controls, parameters, constants, time, elapsed, duration) unscaled -> (rates, outputs).
    """

    derivatives: Derivatives
    physical: ca.Function
    outputs: tuple[str, ...]


def differentiate(name: str, z: ca.SX, fixed: Sequence[ca.SX], y: ca.SX) -> Derivatives:
    """The derivatives of y in z; *fixed* are the other inputs.

    What y computes twice is shared before it is differentiated: on an ascent the Hessian comes out in a fifteenth of the
    time that sharing within it afterwards takes, and with a quarter fewer operations.
    """
    y = ca.cse(y)
    multipliers = ca.SX.sym("multipliers", y.numel())
    jacobian = ca.jacobian(y, z)
    hessian = ca.triu(ca.hessian(ca.dot(multipliers, y), z)[0])

    def places(matrix: ca.SX) -> tuple[np.ndarray, np.ndarray]:
        rows, columns = matrix.sparsity().get_triplet()
        return np.array(rows, dtype=int), np.array(columns, dtype=int)

    return Derivatives(
        value=ca.Function(name, [z, *fixed], [y]),
        jacobian=ca.Function(f"{name}_jacobian", [z, *fixed], [ca.vec(jacobian.nz[:])]),
        hessian=ca.Function(f"{name}_hessian", [z, *fixed, multipliers], [ca.vec(hessian.nz[:])]),
        jacobian_at=places(jacobian),
        hessian_at=places(hessian),
    )


def scalar_of(value: Any, what: str) -> ca.SX:
    """One number that a user returned, as a symbol; *what* names it in the error."""
    try:
        scalar = ca.SX(value)
    except (NotImplementedError, TypeError, ValueError):
        raise InputError(f"{what} must be one number, got {type(value).__name__}") from None
    if scalar.numel() != 1:
        raise InputError(f"{what} must be one number, got {scalar.numel()}")
    return ca.densify(scalar)


def symbols_of(pairs: Sequence[tuple[str, float]]) -> tuple[list[ca.SX], dict[str, ca.SX]]:
    """Scaled symbols, and the values they stand for by name."""
    symbols = [ca.SX.sym(name) for name, _ in pairs]
    return symbols, {name: symbol * scale for symbol, (name, scale) in zip(symbols, pairs, strict=True)}


def trace_point(shape: Shape, phase_name: str = "") -> Point:
    """Trace one collocation point; phases of one shape share it (cached). phase_name: for errors."""
    return _trace_point(_Named(shape, phase_name))


@dataclass(frozen=True)
class _Named:
    """A shape, and a name that does not tell it from another."""

    shape: Shape
    phase_name: str = field(compare=False)


@lru_cache(maxsize=256)
def _trace_point(named: _Named) -> Point:
    shape, phase_name = named.shape, named.phase_name
    states, state_values = symbols_of(shape.states)
    controls, control_values = symbols_of(shape.controls)
    parameters, parameter_values = symbols_of(shape.parameters)
    constants = [ca.SX.sym(name) for name in shape.constants]
    start, duration = ca.SX.sym("start"), ca.SX.sym("duration")
    fraction, weight = ca.SX.sym("fraction"), ca.SX.sym("weight")
    values = {
        **state_values,
        **control_values,
        **parameter_values,
        **dict(zip(shape.constants, constants, strict=True)),
    }

    def evaluate(values: Mapping[str, Any], clock: Mapping[str, Any]) -> tuple[dict[str, ca.SX], dict[str, ca.SX]]:
        where = f"phase '{phase_name}'"
        returned = dict(shape.dynamics(Values({**values, **clock}, where)))
        rates = {}
        for name, _ in shape.states:
            if name not in returned:
                raise InputError(f"{where}: the dynamics return no rate of '{name}'")
            rates[name] = scalar_of(returned.pop(name), f"{where}: the rate of '{name}'")
        outputs = {name: scalar_of(v, f"{where}: the output '{name}'") for name, v in returned.items()}
        for name, _ in shape.path:
            if name not in outputs and name not in values:
                raise InputError(f"{where}: the dynamics return no '{name}', which a path limit names")
        return rates, outputs

    length = duration * shape.time_scale
    clock = {"elapsed": fraction * length, "duration": length}
    clock["time"] = start * shape.time_scale + clock["elapsed"]
    rates, outputs = evaluate(values, clock)
    seen = {**values, **outputs}
    y = ca.vertcat(
        *(-weight * length * rates[name] / scale for name, scale in shape.states),
        *(seen[name] / scale for name, scale in shape.path),
    )
    z = ca.vertcat(*states, *controls, start, duration, *parameters)
    fixed = [ca.vertcat(fraction, weight), column_of(constants)]

    # The same equations on unscaled values, for flying the result again and for reading outputs.
    time, elapsed, span = ca.SX.sym("time"), ca.SX.sym("elapsed"), ca.SX.sym("duration")
    plain = {n: ca.SX.sym(n) for n in values}
    plain_rates, plain_outputs = evaluate(plain, {"time": time, "elapsed": elapsed, "duration": span})
    groups = [[n for n, _ in g] for g in (shape.states, shape.controls, shape.parameters)] + [list(shape.constants)]
    physical = ca.Function(
        "physical",
        [*(column_of([plain[n] for n in group]) for group in groups), time, elapsed, span],
        [ca.vertcat(*plain_rates.values()), column_of(list(plain_outputs.values()))],
        {"cse": True},
    )
    return Point(differentiate("point", z, fixed, y), physical, tuple(outputs))


def column_of(scalars: Sequence[ca.SX]) -> ca.SX:
    """Scalars as a column, which may be empty."""
    return ca.vertcat(*scalars) if scalars else ca.SX(0, 1)
