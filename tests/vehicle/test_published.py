"""What modules add up to beside the published figures of the whole vehicle."""

from math import log

import pytest

from osea_rocket.core.earth import G0
from osea_rocket.core.findings import Severity
from osea_rocket.propulsion.thrust_curve import ThrustCurve
from osea_rocket.vehicle.parts import Fairing, Payload
from osea_rocket.vehicle.published import PublishedVehicle, ideal_velocity, module_mass, published_findings
from osea_rocket.vehicle.stage import Stage
from osea_rocket.vehicle.vehicle import StrapOns, Vehicle


def stage(name, load, thrust, isp, **more) -> Stage:
    time = load * isp * G0 / thrust
    motor = ThrustCurve(
        name=f"motor of {name}",
        time=(0.0, time / 3, time / 2, time),
        thrust=(thrust,) * 4,
        isp_vacuum=isp,
        exit_area=0.1,
    )
    return Stage(name=name, diameter=2.0, length=10.0, dry_mass=load / 10, propellant_mass=load, motor=motor, **more)


def test_stages_one_after_the_other_and_the_fairing_with_the_first():
    fairing = Fairing(name="f", mass=500.0, length=5.0, diameter=2.0, nose_length=3.0, nose_shape="ogive")
    one, two = stage("one", 50e3, 1e6, 280.0), stage("two", 10e3, 1e5, 320.0)
    vehicle = Vehicle(name="v", stages=(one, two), fairing=fairing, payload=Payload(name="p"))
    # 55 + 11 + 0.5 + 1 t; then 11 + 1 t
    assert module_mass(vehicle, 1e3) == pytest.approx(67.5e3)
    expected = G0 * (280.0 * log(67.5 / 17.5) + 320.0 * log(12.0 / 2.0))
    assert ideal_velocity(vehicle, 1e3) == pytest.approx(expected, rel=1e-9)


def test_strap_ons_burn_beside_the_core_and_leave_when_they_are_empty():
    core = stage("core", 60e3, 6e5, 300.0)  # 294 s
    side = stage("side", 20e3, 8e5, 250.0, role="strap-on")  # 61 s
    vehicle = Vehicle(name="v", stages=(core,), boosters=(StrapOns(stage=side, count=2),), payload=Payload(name="p"))
    flow_core, flow_side = 6e5 / (300 * G0), 2 * 8e5 / (250 * G0)
    together = 20e3 * 250 * G0 / 8e5
    begin = 66e3 + 2 * 22e3 + 1e3
    burned = (flow_core + flow_side) * together
    exhaust = (6e5 + 2 * 8e5) / (flow_core + flow_side)
    after = begin - burned - 2 * 2e3
    left = 60e3 - flow_core * together
    expected = exhaust * log(begin / (begin - burned)) + 300 * G0 * log(after / (after - left))
    assert ideal_velocity(vehicle, 1e3) == pytest.approx(expected, rel=1e-9)


def test_a_miss_is_a_warning_with_its_size():
    one, two = stage("one", 50e3, 1e6, 280.0), stage("two", 10e3, 1e5, 320.0)
    vehicle = Vehicle(name="v", stages=(one, two), payload=Payload(name="p"))
    assert published_findings(vehicle) == ()
    said = PublishedVehicle(lift_off_mass=67e3, payload_mass=1e3)
    fits, slow = published_findings(vehicle.evolve(published=said))
    assert (fits.severity, slow.severity) == (Severity.OK, Severity.OK)
    off = published_findings(vehicle.evolve(published=said.evolve(lift_off_mass=60e3)))[0]
    assert off.severity is Severity.WARN and "(+11.7 %)" in off.message
    heavy = published_findings(vehicle.evolve(published=said.evolve(payload_mass=8e3)))[1]
    assert heavy.severity is Severity.WARN and heavy.margin is not None and heavy.margin < 0
    silent = published_findings(vehicle.evolve(published=PublishedVehicle(lift_off_mass=67e3)))
    assert [f.severity for f in silent] == [Severity.UNKNOWN]
