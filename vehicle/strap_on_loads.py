"""Strap-ons at one instant of flight, and what their attachments carry into the core.

A strap-on is a rigid free body that moves with the vehicle: with sensed axial acceleration a, lateral acceleration b, no turning.
Of one, with mass m, thrust T, drag D, the air's normal force F at station c and its engine's side force S at g, the core gets

    A = T - D - a m                          along its axis, at the attachment that carries the thrust
    B = F + S - b m = B_fore + B_aft         across, in the plane of the angle of attack
    B_fore L = F (c - aft) + S (g - aft) - b m (x - aft)         about the aft attachment, L = fore - aft
    H L = A r                                A acts at the core's skin, r from the strap-on's axis: a radial couple at both

Statics of one thrust attachment and two pinned rings (e.g. Bruhn, *Analysis and Design of Flight Vehicle Structures*, 1973,
ch. A2); struts that share the load otherwise are not statically determinate and need their stiffness. The radial couples of
strap-ons that stand evenly around the core hold one another through its rings; the rest adds up on the core's axis.
Strap-ons and core are taken to be in undisturbed flow: neither shelters or steepens the other.
"""

from dataclasses import dataclass
from typing import Annotated

import numpy as np

from ..core.results import Result, Unit
from .normal_force import normal_force_above
from .parts import nose_profile
from .vehicle import StrapOns

_POINTS = 200


@dataclass(frozen=True)
class StrapOnState:
    """One strap-on of a group: its exit plane, centre of mass and engine's hinge as stations [m], mass [kg], thrust [N]."""

    group: StrapOns
    bottom: float
    center_of_mass: float
    mass: float
    thrust: float

    @property
    def hinge(self) -> float:
        """Station [m] at which its engine turns."""
        return self.bottom + self.group.stage.engine_section

    @property
    def frontal_area(self) -> float:
        """[m^2]"""
        return float(np.pi / 4 * self.group.stage.diameter**2)

    def air(self, dynamic_pressure: float, angle_of_attack: float) -> tuple[float, float]:
        """Normal force [N] and its moment about station 0 [N m]."""
        stage = self.group.stage
        top = self.bottom + stage.length
        if stage.nose_shape is None or stage.nose_length is None:
            stations, radii = np.array([self.bottom, top]), np.full(2, stage.diameter / 2)
        else:
            distance, radius = nose_profile(stage.nose_shape, stage.nose_length, stage.diameter / 2)
            stations = np.append(self.bottom, top - np.array(distance)[::-1])
            radii = np.append(stage.diameter / 2, np.array(radius)[::-1])
        x = np.unique(np.concatenate([np.linspace(self.bottom, top, _POINTS), stations]))
        force, moment = normal_force_above(x, stations, radii, dynamic_pressure, angle_of_attack)
        return float(force[0]), float(moment[0] + force[0] * self.bottom)


@dataclass(frozen=True, kw_only=True)
class AttachmentLoads(Result):
    """What one strap-on of *count* equal ones carries into the core; forces [N] positive up the core, and with the air.

    fore, aft: stations [m]; None, with the forces there, where the vehicle does not say where the attachments are. couple: the
    radial force at each, outward at one and inward at the other.
    """

    name: str
    count: int
    axial: Annotated[float, Unit("N")]
    lateral: Annotated[float, Unit("N")]
    fore: Annotated[float | None, Unit("m")] = None
    aft: Annotated[float | None, Unit("m")] = None
    thrust_at: Annotated[float | None, Unit("m")] = None
    lateral_fore: Annotated[float, Unit("N")] = 0.0
    lateral_aft: Annotated[float, Unit("N")] = 0.0
    couple: Annotated[float, Unit("N")] = 0.0


def attachment_loads(
    state: StrapOnState, air: tuple[float, float], drag: float, deflection: float, axial: float, lateral: float
) -> AttachmentLoads:
    """Of one strap-on. air: as `StrapOnState.air` gives it; drag [N]; deflection [rad] of all engines; axial (sensed) and lateral
    acceleration [m/s^2] of the vehicle."""
    group, (force, moment) = state.group, air
    side = deflection * state.thrust
    along = state.thrust - drag - axial * state.mass
    across = force + side - lateral * state.mass
    name = group.stage.name
    if group.fore_attachment is None or group.aft_attachment is None:
        return AttachmentLoads(name=name, count=group.count, axial=along, lateral=across)
    fore, aft = state.bottom + group.fore_attachment, state.bottom + group.aft_attachment
    about_aft = moment - force * aft + side * (state.hinge - aft) - lateral * state.mass * (state.center_of_mass - aft)
    at_fore = about_aft / (fore - aft)
    return AttachmentLoads(
        name=name,
        count=group.count,
        axial=along,
        lateral=across,
        fore=fore,
        aft=aft,
        thrust_at=fore if group.thrust_attachment == "fore" else aft,
        lateral_fore=at_fore,
        lateral_aft=across - at_fore,
        couple=along * group.stage.diameter / 2 / (fore - aft),
    )
