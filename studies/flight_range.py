"""A flight seen by the range: impact point, footprints and files of a study's ascent."""

from dataclasses import replace

from ..core.findings import Finding, Severity
from ..trajectory.range_safety.document import RangeSafety
from ..trajectory.range_safety.report import range_report
from ..trajectory.range_safety.result import RangeResult
from ..trajectory.result import Trajectory
from .documents import Study


def flight_range(study: Study, trajectory: Trajectory) -> RangeResult:
    """By the study's range document; without one ground track and vacuum impact point alone, and a finding that says so.

    Raises InputError for a body that leaves at an event which the flight does not have.
    """
    rules = study.range or RangeSafety(name="no rules of a range", probability=0.99)
    site, environment = study.mission.site, study.mission.environment
    found = range_report(
        trajectory,
        rules,
        atmosphere=None if environment is None else environment.atmosphere(site.latitude, site.longitude),
        wind=None if environment is None else environment.moving_air(site.latitude),
        input_hash=trajectory.input_hash,
    )
    if study.range is not None:
        return found
    text = (
        "where jettisoned bodies come down is not known: name them with their ballistic coefficients in a document "
        f"{RangeSafety.schema_id} and give it as the study's 'range'"
    )
    finding = Finding(Severity.UNKNOWN, "range.no_rules", study.where("range"), text)
    return replace(found, findings=(*found.findings, finding))
