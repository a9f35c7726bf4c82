"""Faults planted in sound joints by the frozen list: what share is found, and where."""

import hashlib
from pathlib import Path

from osea_rocket.core.documents import load_document
from osea_rocket.core.findings import Severity
from osea_rocket.core.ports.match import End, match_ports
from osea_rocket.studies import documents  # noqa: F401  with it, every schema is known
from osea_rocket.validation.interface_mutations import clean_vehicles, found, mutants, run_on, sound_joints
from osea_rocket.validation.planting import DATA
from osea_rocket.vehicle.vehicle import Vehicle

# The list was frozen before any rule was adjusted to it; a change of the list is a new measurement and says so here.
FROZEN = "4d8708b1280c4d4db0f2f291fad02b9f22a7992f1e855a2b7bd9d1273bb2f574"


def test_the_list_of_operators_is_the_frozen_one():
    assert hashlib.sha256((DATA / "interface_mutations.yaml").read_bytes()).hexdigest() == FROZEN


def test_nearly_all_faults_are_found_at_their_field_and_sound_joints_give_no_error():
    joints = {lower.kind: (lower, upper) for lower, upper in sound_joints()}
    assert len(joints) >= 10
    for lower, upper in joints.values():
        assert all(f.severity is not Severity.ERROR for f in match_ports(End("lower", lower), End("upper", upper)))
    lower, upper = joints["umbilical"]  # the only kind with all ten sections
    before = match_ports(End("lower", lower), End("upper", upper))
    planted = list(mutants(lower, upper))
    survivors = [m.name for m in planted if not found(m, before)]
    print("\n".join(survivors))
    assert len(planted) > 500
    assert len(survivors) <= 0.05 * len(planted)


def test_faults_in_the_files_of_whole_vehicles():
    """The list in documents that were not made for it: the example of modules, and the real vehicles of the catalogue."""
    modular = load_document(Vehicle, Path("examples/modular/vehicle.yaml"))
    score = run_on([modular])
    print("\n".join(score.survivors))
    assert score.planted > 1000 and score.false_errors == ()
    assert len(score.survivors) <= 0.05 * score.planted
    # What survives is no fault of that joint: a capability that nothing is asked of, a range that still covers.
    assert {name.rpartition(": ")[2] for name in score.survivors} <= {"decimal_slip_capability", "range_shift_up"}
    real = clean_vehicles()
    score = run_on(real)
    assert len(real) >= 10 and score.false_errors == ()
    assert score.planted > 3000 and score.survivors == ()
