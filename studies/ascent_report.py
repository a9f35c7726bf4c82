"""The ascent report: the flight without the vehicle's design, in one page that prints."""

from importlib.metadata import version

from ..core.findings import Finding
from ..report.pieces import FindingsBlock, Report, SourcesBlock, Text
from .ascent_sections import flight_sections, in_words, key_figures, loudest
from .flight_data import FlightData
from .provenance import documents_of
from .return_figures import return_sections


def ascent_report(flight: FlightData, findings: tuple[Finding, ...], drawn: dict[str, str]) -> Report:
    """The report of a flight, with the figures of ``ascent_figures``; findings: the flight's and the study's."""
    study, ascent = flight.study, flight.ascent
    report = Report(
        title=study.name,
        subtitle=f"Ascent of {study.vehicle.name} from {study.mission.site.name}",
        facts=(
            ("Study", str(study.where().rsplit(":", 2)[0])),
            ("Input", f"sha256 {ascent.input_hash[:16]}…"),
            ("Issued by", study.originator),
            ("Tool", f"OSEA-Rocket {version('osea-rocket')}"),
        ),
        footer=f"OSEA-Rocket {version('osea-rocket')}",
    )
    report = report.section("Result", key_figures(study, ascent), Text(in_words(study, ascent)), loudest(findings))
    if flight.flown.returned is not None:
        report = return_sections(report, ascent, flight.flown.returned, drawn)
    report = flight_sections(report, flight, drawn)
    report = report.section("Findings", FindingsBlock(findings), new_page=True)
    return report.section("Sources", SourcesBlock(more=tuple(s for m in documents_of(study) for s in m.sources)))
