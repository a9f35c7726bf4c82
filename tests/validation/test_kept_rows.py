"""Rows of a long comparison survive a stop, and no row survives a change of what it was made by."""

from dataclasses import asdict

from osea_rocket.validation.falcon_returns import Returned
from osea_rocket.validation.kept_rows import KeptRows


def kept(tmp_path):
    return KeptRows("long", ("code", "data.yaml"), home=tmp_path / "home", root=tmp_path)


def test_rows_are_found_again_and_a_cut_line_is_left_out(tmp_path):
    (tmp_path / "code").mkdir()
    (tmp_path / "code" / "a.py").write_text("x = 1\n")
    (tmp_path / "data.yaml").write_text("a: 1\n")
    kept(tmp_path).put({"name": "one", "ours": 2.0})
    kept(tmp_path).put({"name": "two", "ours": None})
    with kept(tmp_path).path.open("a") as file:
        file.write('{"name": "three", "ou')
    assert kept(tmp_path).all() == {"one": {"name": "one", "ours": 2.0}, "two": {"name": "two", "ours": None}}
    (tmp_path / "code" / "a.py").write_text("x = 2\n")
    assert kept(tmp_path).all() == {}


def test_a_folder_that_cannot_be_written_is_no_error(tmp_path):
    (tmp_path / "home").write_text("a file\n")
    rows = KeptRows("long", (), home=tmp_path / "home", root=tmp_path)
    rows.put({"name": "one"})
    assert rows.all() == {}


def test_what_is_not_kept_is_made_and_kept(tmp_path):
    rows, told = kept(tmp_path), []
    one, three = asdict(Returned("one", speed=2.0)), asdict(Returned("three"))
    rows.put(one)
    found = rows.complete(["one", "three"], Returned, lambda count, row: told.append((count, row["name"])))
    assert found == {"one": one, "three": three}
    assert told == [(2, "three")] and rows.all() == found
    assert rows.complete(["three"], Returned, lambda count, row: told.append((count, row["name"]))) == {"three": three}
    assert len(told) == 1
