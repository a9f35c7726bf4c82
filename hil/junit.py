"""Verdicts as JUnit XML, which a team's continuous integration reads."""

from collections.abc import Sequence
from xml.etree import ElementTree as ET

from .run import BenchResult


def junit(results: Sequence[tuple[str, BenchResult]]) -> str:
    """One test suite for each run (name, result), one case for each requirement and one for the run itself.

    A requirement that was not shown is an error there, not a success.
    """
    root = ET.Element("testsuites")
    for name, result in results:
        suite = ET.SubElement(root, "testsuite", name=name, time=f"{result.host_time:.3f}")
        run = ET.SubElement(
            suite, "testcase", classname=name, name="the run ends by itself", time=f"{result.host_time:.3f}"
        )
        if not result.complete:
            ET.SubElement(run, "error", message=result.status)
        for verdict in result.verdicts:
            case = ET.SubElement(suite, "testcase", classname=name, name=verdict.name)
            if verdict.holds is False:
                ET.SubElement(case, "failure", message=verdict.reason).text = verdict.text
            elif verdict.holds is None:
                ET.SubElement(case, "error", message=f"not shown: {verdict.reason}").text = verdict.text
        suite.set("tests", str(len(suite)))
        suite.set("failures", str(len(suite.findall("testcase/failure"))))
        suite.set("errors", str(len(suite.findall("testcase/error"))))
    ET.indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ET.tostring(root, encoding="unicode") + "\n"
