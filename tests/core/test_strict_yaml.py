"""Strict YAML: what is read, what is refused and where, and that no text makes another exception than YamlError."""

import os
import time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from osea_rocket.core import strict_yaml
from osea_rocket.core.strict_yaml import Problem, YamlError


def read(text: str | bytes, folder: Path) -> Any:
    file = folder / "it.yaml"
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    node, raw = strict_yaml.compose(file, "it.yaml")
    assert raw == file.read_bytes()
    problems: list[Problem] = []
    data = strict_yaml.plain(node, "it.yaml", problems)
    if problems:
        raise YamlError(problems[0])
    return data


@pytest.mark.parametrize(
    ("text", "value"),
    [
        # YAML 1.2 core schema, section 10.3.2: none of YAML 1.1's surprises
        ("no", "no"),
        ("yes", "yes"),
        ("on", "on"),
        ("y", "y"),
        ("No", "No"),
        ("true", True),
        ("false", False),
        ("12:30", "12:30"),
        ("12:30:45", "12:30:45"),
        ("1e6", 1e6),
        ("1E+6", 1e6),
        ("6.02e23", 6.02e23),
        (".5", 0.5),
        ("5.", 5.0),
        ("-.5e-3", -0.5e-3),
        ("0", 0),
        ("-0", 0),
        ("+12", 12),
        ("1_000", "1_000"),
        ("0x1F", "0x1F"),
        ("0o17", "0o17"),
        ("2026-11-21", "2026-11-21"),
        ("=", "="),
        ("null", None),
        ("~", None),
        ("", None),
        ("Null", "Null"),
        (".inf", ".inf"),
        (".nan", ".nan"),
        ("'1e6'", "1e6"),
        ('"true"', "true"),
        ("'0777'", "0777"),
        ("845 kN", "845 kN"),
        ("24..32 V", "24..32 V"),
        ("85 %", "85 %"),
        ("10.5 m²", "10.5 m²"),
        ("[1, no, 2.5]", [1, "no", 2.5]),
        ("{x: 1, y: no}", {"x": 1, "y": "no"}),
        ("|\n  two\n  lines\n", "two\nlines\n"),
    ],
)
def test_scalars_follow_yaml_1_2(text, value, tmp_path):
    got = read(f"a: {text}", tmp_path)["a"]
    assert got == value and type(got) is type(value)


@pytest.mark.parametrize(
    ("text", "line", "column", "says"),
    [
        ("a: 1\nb: 2\na: 3", 3, 1, "'a' is given twice"),
        ("x: {a: 1, a: 2}", 1, 11, "'a' is given twice"),
        ("'1': a\n1: b", 2, 1, "'1' is given twice"),
        ("a: 0777", 1, 4, "write 777"),
        ("a: [1, -007]", 1, 8, "write 7"),
        ("a: 1e400", 1, 4, "cannot be meant"),
        ("a: -1e999999999", 1, 4, "cannot be meant"),
        ("a: " + "9" * 5000, 1, 4, "cannot be meant"),
        ("a: &x 1", 1, 4, "anchors and aliases"),
        ("a: *x", 1, 4, "anchors and aliases"),
        ("<<: {a: 1}", 1, 1, "merge keys"),
        ("a: !!int 5", 1, 4, "tag"),
        ("a: !!python/object/apply:os.system [ls]", 1, 4, "tag"),
        ("a: ! 5", 1, 4, "tag"),
        ("a:\n\t- 1", 2, 1, "a tab indents"),
        ("a: 1\n---\nb: 2", 2, 1, "second document"),
        ("%YAML 1.1\n---\na: no", 1, 1, "directives"),
        ("a: b: c", 1, 5, "second ': '"),
        ("[1]: 2", 1, 1, "plain text"),
        ("? {a: 1}\n: 2", 1, 3, "plain text"),
        ("a: 'x", 1, 4, "quotation mark"),
        ("a: [1", 1, 6, ""),
        ("a: x\n  b: y", 2, 4, ""),
        ("a: 1\nb: \x07", 2, 4, "control character"),
        ('a: "\\0"', 1, 4, "control character"),
        ('a: "\\uD800"', 1, 4, "surrogate"),
        ('a: "\\UFFFFFFFF"', 1, 7, "not YAML"),
        ("", 1, 1, "empty"),
        ("# only a comment\n", 1, 1, "empty"),
        ("\ufeff", 1, 1, "empty"),
        (b"a: caf\xe9", 1, 1, "UTF-8"),
        (b"a: 1\nb: 2\nc: \xff", 3, 1, "UTF-8"),
        ("a: 1".encode("utf-16"), 1, 1, "UTF-8"),
        (b"a: 1\x00", 1, 5, "control character"),
        ("- " * 5000, 1, 121, "nested deeper"),
        ("[" * 100_000, 1, 61, "nested deeper"),
        ("{a: " * 1000, 1, 238, "nested deeper"),
        ("? " * 1000, 1, 121, "nested deeper"),
    ],
)
def test_refused_with_the_place(text, line, column, says, tmp_path):
    with pytest.raises(YamlError) as error:
        read(text, tmp_path)
    problem = error.value.problem
    assert (problem.line, problem.column) == (line, column)
    assert says in problem.text
    assert str(error.value).startswith(f"it.yaml:{line}:{column}: ")


def test_a_byte_order_mark_and_windows_line_ends_are_read(tmp_path):
    assert read(b"\xef\xbb\xbfa: 1\r\nb: x\r\n", tmp_path) == {"a": 1, "b": "x"}


def unreadable(path: Path) -> str:
    with pytest.raises(YamlError) as error:
        strict_yaml.compose(path, str(path))
    assert error.value.unreadable
    return error.value.problem.text


def test_files_that_are_none(tmp_path):
    (tmp_path / "vehicle.yaml").write_text("a: 1")
    (tmp_path / "large.yaml").write_bytes(b"#" * 2_000_001)
    assert "folder" in unreadable(tmp_path)
    assert "did you mean 'vehicle.yaml'?" in unreadable(tmp_path / "vehicel.yaml")
    assert "not there either" in unreadable(tmp_path / "nowhere" / "vehicle.yaml")
    assert "MB" in unreadable(tmp_path / "large.yaml")
    assert "cannot be read" in unreadable(Path("a\0b"))
    assert "cannot be read" in unreadable(tmp_path / ("x" * 5000))
    assert "cannot be read" in unreadable(tmp_path / "vehicle.yaml" / "x") or os.name == "nt"


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes or devices in the file system here")
def test_pipes_devices_and_circles_of_links_do_not_hang(tmp_path):
    os.mkfifo(tmp_path / "pipe.yaml")
    (tmp_path / "circle.yaml").symlink_to(tmp_path / "circle.yaml")
    assert "not a plain file" in unreadable(tmp_path / "pipe.yaml")
    assert "not a plain file" in unreadable(Path("/dev/zero"))
    assert unreadable(tmp_path / "circle.yaml")


def test_long_files_are_read_in_seconds(tmp_path):
    start = time.perf_counter()
    assert len(read("\n".join(f"k{i}: {i}" for i in range(10_000)), tmp_path)) == 10_000
    assert read('a: "' + "\\x41" * 100_000 + '"', tmp_path) == {"a": "A" * 100_000}
    assert read("a: x\n" + " y\n" * 50_000, tmp_path)
    assert time.perf_counter() - start < 20


yamlish = st.text(
    st.sampled_from(list("ab01.-:?,[]{}#&*!|>'\"%@`\\ \n\t~<=/eE+_xuU\r\ufeff\x85\u2028\x00é")), max_size=60
)


@settings(max_examples=600, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(max_size=80) | yamlish | st.binary(max_size=40))
def test_any_text_loads_or_gives_a_yaml_error(tmp_path, text):
    try:
        read(text if isinstance(text, bytes) else text.encode("utf-8", "surrogatepass"), tmp_path)
    except YamlError as error:
        assert error.problem.line >= 1 and error.problem.column >= 1 and error.problem.text


words = st.text(st.characters(exclude_categories=["Cs", "Cc"], include_characters="\n"), max_size=40)
plain_data = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**18), 10**18)
    | st.floats(allow_nan=False, allow_infinity=False)
    | words
    | st.sampled_from(["no", "1e6", "12:30", "0777", "08", "true", "~", "null", ".5", "1.", "", "=", "<<", "-", "5 "]),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(words.filter(lambda k: k != "<<"), inner, max_size=4),
    max_leaves=12,
)


@settings(max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(plain_data)
def test_what_is_dumped_reads_back_equal(tmp_path, data):
    assert read(strict_yaml.dump({"data": data}), tmp_path) == {"data": data}


def test_two_files_of_one_text_are_told_apart_and_a_changed_file_is_read_anew(tmp_path):
    one, other = tmp_path / "one.yaml", tmp_path / "other.yaml"
    for file in (one, other):
        file.write_text("a: [1\n", encoding="utf-8")
        with pytest.raises(YamlError, match=file.name):
            strict_yaml.compose(file, file.name)
    values = []
    for text in ("a: 1\n", "a: 2\n", "a: 1\n"):
        one.write_text(text, encoding="utf-8")
        values.append(strict_yaml.plain(strict_yaml.compose(one, one.name)[0], one.name, []))
    assert values == [{"a": 1}, {"a": 2}, {"a": 1}]
