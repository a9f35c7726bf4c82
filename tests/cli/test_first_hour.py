"""The first hour: a new project that passes its check, a look at the installation, completion by the shell."""

import json
import os
import subprocess
import sys

import pytest

from osea_rocket.core.errors import InputError
from osea_rocket.studies import doctor
from osea_rocket.studies.command import run_check
from osea_rocket.studies.new_project import run_new


def test_a_new_project_passes_its_check(tmp_path):
    folder = tmp_path / "red-kite"
    data, text = run_new(folder)
    assert data["name"] == "red kite" and "osea check" in text
    checked, _ = run_check(folder / "study.yaml")
    assert checked["name"] == "red kite" and "exit_code" not in checked
    loud = [f["message"] for f in checked["findings"] if f["severity"] in ("ERROR", "WARN")]
    assert [m for m in loud if "separates at sea level" not in m] == []
    for file in folder.rglob("*.yaml"):
        first = file.read_text(encoding="utf-8").splitlines()[0]
        schema = (file.parent / first.partition("$schema=")[2]).resolve()
        assert json.loads(schema.read_text(encoding="utf-8"))["properties"]["schema"]["const"].startswith("osea/")
    with pytest.raises(InputError, match="not empty"):
        run_new(folder)
    with pytest.raises(InputError, match="no name"):
        run_new(tmp_path / "other", "a: b")


def test_the_doctor_finds_this_installation_whole():
    data, text = doctor.run_doctor()
    assert data["status"] == "done" and "numba" in text and "C compiler" in text


def test_the_doctor_says_what_is_missing(monkeypatch):
    there = doctor._installed
    monkeypatch.setattr(doctor, "_installed", lambda name: name not in ("numpy", "mcap") and there(name))
    found = {x.what: x for x in doctor.look()}
    assert found["packages"].state == "broken" and "numpy" in found["packages"].said
    assert found["extra hil"].state == "missing" and "pip install 'osea-rocket[hil]'" in found["extra hil"].said
    assert doctor.run_doctor()[0]["exit_code"] == 1


@pytest.mark.parametrize(
    ("words", "at", "wanted"), [("osea cert", "1", "certify"), ("osea certify rev", "2", "revoke")]
)
def test_the_shell_is_told_what_may_follow(words, at, wanted):
    environment = os.environ | {"_OSEA_COMPLETE": "complete_bash", "COMP_WORDS": words, "COMP_CWORD": at}
    code = "import sys; sys.argv = ['osea']; from osea_rocket.cli.main import main; main()"
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0 and done.stdout.split() == [wanted], done.stderr
