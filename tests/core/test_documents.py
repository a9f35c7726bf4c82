"""Documents: strict reading with places, references, variants, and the hash of the content."""

from pathlib import Path
from typing import Annotated, Any, Literal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import ValidationError, model_validator

from osea_rocket.core import strict_yaml
from osea_rocket.core.documents import (
    SCHEMAS,
    Count,
    Document,
    DocumentError,
    FieldError,
    Flag,
    Integer,
    Module,
    Reference,
    load_any,
    load_document,
)
from osea_rocket.core.errors import InputError
from osea_rocket.core.quantity import SI, Force, Mass, Ratio, SIRange, SITolerance, Temperature


class Nozzle(Document):
    """A part without a file of its own."""

    area_ratio: Ratio
    throat: Annotated[float, SI("m", gt=0)]


class Motor(Module, schema="test/motor/v1"):
    """A document with every kind of field."""

    thrust: Annotated[float, SI("N", gt=0)]
    kind: Literal["solid", "liquid"] = "liquid"
    nozzle: Nozzle | None = None
    bus: Annotated[tuple[float, float], SIRange("V")] | None = None
    length: Annotated[tuple[float, float], SITolerance("m")] | None = None
    chamber: Temperature = 3500.0
    starts: Count = 1
    trim: Integer = 0
    vectoring: Flag = False
    tags: tuple[str, ...] = ()


class Rocket(Module, schema="test/rocket/v1"):
    """A document that refers to others."""

    mass: Mass
    motor: Reference[Motor]
    spares: tuple[Reference[Motor], ...] = ()
    upper: Reference["Rocket"] | None = None

    @model_validator(mode="after")
    def _lifts(self) -> "Rocket":
        if self.mass * 9.8 > self.motor.thrust * 100:
            raise FieldError("motor.thrust", "far too weak")
        return self


MOTOR = "schema: test/motor/v1\nname: M1\nthrust: 845 kN\n"
ROCKET = "schema: test/rocket/v1\nname: R\nmass: 10 t\nmotor: motor.yaml\n"


@pytest.fixture
def folder(tmp_path, monkeypatch) -> Path:
    monkeypatch.chdir(tmp_path)  # messages then hold short names
    Path("motor.yaml").write_text(MOTOR)
    return Path()


def load(model: type, text: str, name: str = "it.yaml") -> Any:
    Path(name).write_text(text)
    return load_document(model, name)


def test_a_kind_of_document_has_one_model():
    with pytest.raises(TypeError, match=r"schema 'test/motor/v1' is that of .*\.Motor already"):

        class Engine(Module, schema="test/motor/v1"):
            """Another model under a name that is taken."""

    assert SCHEMAS["test/motor/v1"] is Motor


def problems(model: type, text: str, name: str = "it.yaml") -> list[str]:
    with pytest.raises(DocumentError) as error:
        load(model, text, name)
    assert error.value.exit_code == 2
    assert str(error.value) == "\n".join(map(str, error.value.problems))
    return [str(p) for p in error.value.problems]


def test_a_document_is_read(folder):
    motor = load(
        Motor,
        MOTOR + "kind: solid\nnozzle: {area_ratio: 16, throat: 27 cm}\nbus: 24..32 V\nlength: 2.5 +/- 0.1 m\n"
        "chamber: 3000 degC\nstarts: 3\nvectoring: true\ntags: [a, no]\n",
    )
    assert (motor.name, motor.thrust, motor.kind, motor.starts) == ("M1", 845e3, "solid", 3)
    assert motor.nozzle == Nozzle(area_ratio=16, throat=0.27)
    assert (motor.bus, motor.length, motor.chamber) == ((24, 32), (2.5, 0.1), 3273.15)
    assert motor.vectoring is True and motor.tags == ("a", "no")
    assert load_any("it.yaml") == motor


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("thurst: 5 N", "it.yaml:4:1: unknown field 'thurst'; did you mean 'thrust'?"),
        ("zzz: 5", "it.yaml:4:1: unknown field 'zzz'; known: schema, name, notes, "),
        ("schema_: test/motor/v1", "it.yaml:4:1: unknown field 'schema_'; did you mean 'schema'?"),
        ("chamber: 3000", "it.yaml:4:10: chamber: a number without a unit; write '3000 K'"),
        ("chamber: 3 m", "it.yaml:4:10: chamber: 'm' is not a unit of this quantity; its SI unit is K"),
        ("chamber: -300 degC", "it.yaml:4:10: chamber: must be greater than 0, is '-300 degC'"),
        ("kind: hybrid", "it.yaml:4:7: kind: must be one of solid, liquid, not 'hybrid'"),
        ("kind: liqiud", "did you mean 'liquid'?"),
        ("vectoring: no", "it.yaml:4:12: vectoring: must be true or false, not 'no'"),
        ("vectoring: 1", "it.yaml:4:12: vectoring: must be true or false, not '1'"),
        ("vectoring: 'true'", "it.yaml:4:12: vectoring: must be true or false, not 'true'"),
        ("starts: 0", "it.yaml:4:9: starts: must be at least 1, is '0'"),
        ("starts: 2.0", "it.yaml:4:9: starts: a whole number is expected here, not '2.0'"),
        ("starts: true", "it.yaml:4:9: starts: a whole number is expected here, not 'true'"),
        ("starts: '2'", "it.yaml:4:9: starts: a whole number is expected here, not '2'"),
        ("starts: " + "9" * 400, "it.yaml:4:9: a number of this size or length cannot be meant"),
        ("notes: 5", "it.yaml:4:8: notes: text is expected here, not '5'; put it in quotes"),
        ("tags: a", "it.yaml:4:7: tags: a list is expected here"),
        ("tags:\n  - a\n  - 5", "it.yaml:6:5: tags.1: text is expected here, not '5'"),
        ("nozzle: 5", "it.yaml:4:9: nozzle: fields with values are expected here"),
        ("nozzle: {area_ratio: 16}", "it.yaml:4:9: nozzle: 'throat' is missing"),
        ("nozzle:\n  area_ratoi: 16\n  throat: 1 m", "it.yaml:5:3: nozzle: unknown field 'area_ratoi'; did you mean"),
        ("name: again", "it.yaml:4:1: 'name' is given twice"),
        ("sources: [{fields: [thurst], grade: read, citation: x y z}]", "did you mean 'thrust'?"),
        ("sources: [{fields: [nozzle.throat], grade: read, citation: x y z}]", "not given here"),
        (
            "sources: [{fields: [], grade: read, citation: x y z}]",
            "it.yaml:4:20: sources.0.fields: at least 1 expected",
        ),
        ("sources: [{fields: [thrust], grade: sure, citation: x y z}]", "must be one of read, secondary"),
    ],
)
def test_wrong_fields(folder, line, expected):
    found = problems(Motor, MOTOR + line)
    assert any(expected in problem for problem in found), found
    assert len(found) == 1, found


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("name: M1\nthrust: 845 kN\n", "it.yaml:1:1: 'schema' is missing; begin the file with 'schema: test/motor/v1'"),
        ("schema: test/rocket/v1\nname: M1\nthrust: 1 N", "it.yaml:1:9: schema: the schema is 'test/rocket/v1'; here"),
        ("schema:\nname: M1\nthrust: 1 N", "it.yaml:1:8: schema: the schema is None; here 'test/motor/v1' is expected"),
        ("schema: [a]\nname: M1\nthrust: 1 N", "it.yaml:1:9: schema: the schema is ['a']; here"),
        ("schema: test/motor/v1\nname: M1", "it.yaml:1:1: 'thrust' is missing"),
        ("schema: test/motor/v1\nname: ''\nthrust: 1 N", "it.yaml:2:7: name: must not be empty"),
        ("[1, 2]", "it.yaml:1:1: fields with values are expected here"),
        ("just text", "it.yaml:1:1: fields with values are expected here"),
        ("---\n", "fields with values are expected here"),
    ],
)
def test_wrong_documents(folder, text, expected):
    assert any(expected in problem for problem in problems(Motor, text))


def test_all_problems_are_listed_and_long_values_cut(folder):
    found = problems(Motor, MOTOR + f"starts: 0\ntags: 5\nnotes: [{'x' * 5000}]\n")
    assert len(found) == 3
    assert all(len(problem) < 300 for problem in found)
    with pytest.raises(DocumentError) as error:
        load(Motor, MOTOR + "".join(f"field{i}: 1\n" for i in range(500)))
    assert len(error.value.problems) == 500 and str(error.value).endswith("\n… and 460 more")


def test_load_any(folder):
    for text, expected in [
        ("name: x", "'schema' is missing"),
        ("schema: test/moter/v1", "it.yaml:1:9: unknown schema 'test/moter/v1'; did you mean 'test/motor/v1'?"),
        ("schema: {a: 1}", "'schema' is missing"),
        ("schema: [a]", "'schema' is missing"),
        ("- schema: x", "'schema' is missing"),
        ("", "empty"),
        ("a: [", "it.yaml:1:5"),
    ]:
        Path("it.yaml").write_text(text)
        with pytest.raises(DocumentError) as error:
            load_any("it.yaml")
        assert expected in str(error.value)
    with pytest.raises(DocumentError, match=r"no such file; did you mean 'motor\.yaml'"):
        load_any("moter.yaml")


def test_references(folder):
    rocket = load(Rocket, ROCKET + "spares:\n  - motor.yaml\n  - {name: M2, thrust: 1 MN}\n")
    assert rocket.motor.name == "M1" and rocket.spares[0] == rocket.motor and rocket.spares[1].thrust == 1e6
    assert {path.name for path in rocket.input_files()} == {"it.yaml", "motor.yaml"}
    assert rocket.input_files()[Path("motor.yaml").resolve()] == MOTOR.encode()
    # relative to the referring file, not to where one stands; absolute and upward paths are for local use
    Path("sub").mkdir()
    for path in ("../motor.yaml", str(Path("motor.yaml").resolve())):
        assert load(Rocket, ROCKET.replace("motor.yaml", path), "sub/it.yaml").motor == rocket.motor


@pytest.mark.parametrize(
    ("reference", "expected"),
    [
        ("moter.yaml", "it.yaml:4:8: motor: 'moter.yaml': there is no such file; did you mean 'motor.yaml'?"),
        ("parts/motor.yaml", "it.yaml:4:8: motor: 'parts/motor.yaml': there is no such file (the folder"),
        (".", "it.yaml:4:8: motor: '.': this is a folder"),
        ("/dev/zero", "it.yaml:4:8: motor: '/dev/zero': not a plain file"),
        ("circle.yaml", "it.yaml:4:8: motor: 'circle.yaml': cannot be read"),
        ("x" * 300, "cannot be read"),
        ("''", "it.yaml:4:8: motor: expected the path of a YAML file"),
        ("https://example.org/motor.yaml", "it.yaml:4:8: motor: expected the path of a YAML file"),
        ("file:///etc/passwd", "it.yaml:4:8: motor: expected the path of a YAML file"),
        ("5", "it.yaml:4:8: motor: fields with values are expected here"),
        ("[motor.yaml]", "it.yaml:4:8: motor: fields with values are expected here"),
        ("null", "it.yaml:4:8: motor: fields with values are expected here"),
        ("rocket.yaml", "rocket.yaml:1:9: schema: the schema is 'test/rocket/v1'; here 'test/motor/v1' is expected"),
        ("broken.yaml", "broken.yaml:2:1: a tab indents"),
        ("weak.yaml", "weak.yaml:3:9: thrust: must be greater than 0, is '-1 N'"),
    ],
)
def test_wrong_references(folder, reference, expected):
    Path("rocket.yaml").write_text("schema: test/rocket/v1\nname: R\nmass: 1 t\nmotor: {name: x, thrust: 1 N}")
    Path("broken.yaml").write_text("a: 1\n\tb: 2")
    Path("weak.yaml").write_text(MOTOR.replace("845 kN", "-1 N"))
    Path("circle.yaml").symlink_to("circle.yaml")
    found = problems(Rocket, ROCKET.replace("motor.yaml", reference))
    assert any(expected in problem for problem in found), found
    if reference not in ("rocket.yaml",):  # a whole document of another kind has more than one thing wrong
        assert len(found) == 1, found


def test_a_wrong_file_named_twice_is_reported_once(folder):
    Path("weak.yaml").write_text(MOTOR.replace("845 kN", "-1 N"))
    assert len(problems(Rocket, ROCKET.replace("motor.yaml", "weak.yaml") + "spares: [weak.yaml, weak.yaml]")) == 1


@pytest.mark.parametrize("names", [["a"], ["a", "b", "c"]])
def test_files_in_a_circle(folder, names):
    for name, following in zip(names, [*names[1:], names[0]], strict=True):
        Path(f"{name}.yaml").write_text(ROCKET + f"upper: {following}.yaml\n")
    with pytest.raises(DocumentError) as error:
        load_document(Rocket, "a.yaml")
    chain = " → ".join(f"{n}.yaml" for n in [*names, "a"])
    assert str(error.value) == (
        f"{names[-1]}.yaml:5:8: upper: 'a.yaml': the files refer to each other in a circle: {chain}"
    )


def test_a_circle_through_a_link_is_seen(folder):
    Path("a.yaml").write_text(ROCKET + "upper: b.yaml\n")
    Path("b.yaml").symlink_to("a.yaml")
    with pytest.raises(DocumentError, match="circle"):
        load_document(Rocket, "a.yaml")


def test_many_references_to_one_file_cost_one_reading(folder, monkeypatch):
    count = 0
    compose = strict_yaml.compose

    def counting(path: Path, name: str) -> Any:
        nonlocal count
        count += 1
        return compose(path, name)

    monkeypatch.setattr(strict_yaml, "compose", counting)
    # each level names the next twice: 2^25 readings without a memory
    for i in range(25):
        Path(f"r{i}.yaml").write_text(ROCKET + f"upper: r{i + 1}.yaml\nspares: [motor.yaml, motor.yaml]\n")
    Path("r25.yaml").write_text(ROCKET)
    load_document(Rocket, "r0.yaml")
    assert count == 27


def test_places(folder):
    rocket = load(Rocket, ROCKET + "spares:\n  - {name: M2, thrust: 1 MN}\n")
    assert rocket.where() == "it.yaml:1:1"
    assert rocket.where("mass") == "it.yaml:3:7"
    assert rocket.where("spares.0.thrust") == "it.yaml:6:24"
    assert rocket.spares[0].where("thrust") == "it.yaml:6:24"
    assert rocket.motor.where("thrust") == "motor.yaml:3:9"
    assert rocket.evolve(mass=2.0).where("mass") == "it.yaml:3:7"
    assert Motor(name="x", thrust=1).where("thrust") == "Motor.thrust"
    assert Motor(name="x", thrust=1).input_files() == {}


def test_a_check_of_the_whole_points_at_its_field(folder):
    text = ROCKET.replace("motor.yaml", "\n  name: M\n  thrust: 1 N")
    assert problems(Rocket, text) == ["it.yaml:6:11: motor.thrust: far too weak"]


def test_evolve_validates(folder):
    motor = load(Motor, MOTOR)
    assert motor.evolve(thrust=1e6).thrust == 1e6 and motor.thrust == 845e3
    assert motor.evolve(nozzle=Nozzle(area_ratio=16, throat=0.27)).nozzle is not None
    assert motor.evolve() == motor
    for changes, expected in [
        ({"thrust": -1.0}, "thrust: must be greater than 0, is -1.0"),
        ({"thurst": 1.0}, "has no field thurst"),
        ({"starts": 2.5}, "starts: a whole number"),
        ({"chamber": float("nan")}, "chamber: must be a finite number"),
        ({"vectoring": "no"}, "vectoring: must be true or false"),
        ({"nozzle": {"area_ratio": 1}}, "nozzle.throat"),
    ]:
        with pytest.raises(InputError, match=expected.replace(".", r"\.")) as error:
            motor.evolve(**changes)
        assert error.value.where and error.value.where.startswith("it.yaml")
    rocket = load(Rocket, ROCKET)
    with pytest.raises(InputError, match=r"motor\.thrust: far too weak"):
        rocket.evolve(mass=1e9)


def test_documents_are_frozen_and_strict():
    motor = Motor(name="x", thrust=1)
    with pytest.raises(ValidationError):
        motor.thrust = 2  # type: ignore[misc]
    with pytest.raises(ValidationError):
        Motor(name="x", thrust=1, thurst=2)  # type: ignore[call-arg]
    assert isinstance(hash(motor), int) and motor == Motor(name="x", thrust=1)


def test_grades():
    motor = Motor(
        name="x",
        thrust=1,
        nozzle=Nozzle(area_ratio=16, throat=0.27),
        sources=({"fields": ["nozzle"], "grade": "secondary", "citation": "A (2020)"},),  # type: ignore[arg-type]
    )
    assert motor.graded("nozzle.throat") == motor.graded("nozzle") == "secondary"
    assert motor.graded("thrust") is None


def test_the_hash_is_of_the_content(folder):
    first = load(Motor, MOTOR + "nozzle: {area_ratio: 85 %, throat: 1 ft}\n")
    same = [
        "# a comment\nname: 'M1'\nthrust: 845000 N\nschema: test/motor/v1\nnozzle:\n  throat: 304.8 mm\n  area_ratio: .85\n",
        MOTOR + "kind: liquid\nstarts: 1\nnozzle: {area_ratio: 0.85, throat: 0.3048 m}\nbus: null\n",
    ]
    for text in same:
        assert load(Motor, text, "other.yaml").content_hash() == first.content_hash()
    other = [MOTOR, MOTOR.replace("845", "846") + "nozzle: {area_ratio: 0.85, throat: 1 ft}\n"]
    for text in other:
        assert load(Motor, text).content_hash() != first.content_hash()
    # a referenced file's content counts, its name does not
    rocket = load(Rocket, ROCKET)
    Path("renamed.yaml").write_text(MOTOR)
    inline = "\n  name: M1\n  thrust: 845 kN"
    for reference in ("renamed.yaml", inline):
        assert load(Rocket, ROCKET.replace("motor.yaml", reference)).content_hash() == rocket.content_hash()
    Path("motor.yaml").write_text(MOTOR.replace("845", "846"))
    assert load(Rocket, ROCKET).content_hash() != rocket.content_hash()


positive = st.floats(min_value=1e-300, allow_nan=False, allow_infinity=False)
finite = st.floats(allow_nan=False, allow_infinity=False)
text = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=20) | st.sampled_from(
    ["no", "1e6", "0777"]
)
nozzles = st.builds(Nozzle, area_ratio=finite, throat=positive)
motors = st.builds(
    Motor, name=text, notes=text, thrust=positive, kind=st.sampled_from(["solid", "liquid"]), nozzle=st.none() | nozzles,
    bus=st.none() | st.tuples(finite, finite).map(lambda p: tuple(sorted(p))), length=st.none() | st.tuples(finite, positive),
    chamber=positive, starts=st.integers(1, 10**12), trim=st.integers(-(10**12), 10**12), vectoring=st.booleans(),
    tags=st.lists(text, max_size=3).map(tuple),
)  # fmt: skip
rockets = st.builds(
    Rocket, name=text, mass=st.floats(0, 1e-300), motor=motors, spares=st.lists(motors, max_size=2).map(tuple), upper=st.none()
)  # fmt: skip


@settings(max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rockets)
def test_the_resolved_document_reads_back_equal(tmp_path, rocket):
    file = tmp_path / "resolved.yaml"
    file.write_text(strict_yaml.dump(rocket.to_plain()), encoding="utf-8")
    back = load_document(Rocket, file)
    assert back == rocket and back.content_hash() == rocket.content_hash()


scalars = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=10) | st.sampled_from(
    ["motor.yaml", "it.yaml", "1 N", "24..32 V", "1e999 N", ".", "/", "test/motor/v1"]
)  # fmt: skip
fields = st.sampled_from(
    [*Motor.model_fields, *Rocket.model_fields, *Nozzle.model_fields, "schema", "fields", "grade", "citation"]
)
anything = st.recursive(
    scalars,
    lambda x: st.lists(x, max_size=3) | st.dictionaries(fields | st.text(max_size=5), x, max_size=6),
    max_leaves=15,
)


@settings(max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.dictionaries(fields, anything, max_size=10))
def test_any_yaml_is_a_document_or_a_document_error(folder, data):
    Path("it.yaml").write_text(
        strict_yaml.dump({"schema": "test/rocket/v1", "name": "R", "mass": "1 t", "motor": "motor.yaml"} | data),
        encoding="utf-8",
        errors="replace",
    )
    try:
        load_document(Rocket, "it.yaml")
    except DocumentError as error:
        assert error.problems


class Plain(Document):
    """A model that computes in its own check, as models of others do."""

    value: Force

    @model_validator(mode="after")
    def _computes(self) -> "Plain":
        assert self.value**2 >= 0
        return self


def test_arithmetic_at_the_edge_of_floats_is_an_error_with_a_place(folder):
    assert problems(Plain, "value: 1e300 N")[0].startswith("it.yaml:1:1: the values cannot be computed with")


def test_numbers_that_are_not_finite_are_refused_in_plain_floats_too():
    class Bare(Document):
        x: float

    for wrong in ("nan", "inf", float("inf")):
        with pytest.raises(ValidationError):
            Bare(x=wrong)  # type: ignore[arg-type]


def test_json_schema_of_a_reference_takes_a_path_or_the_document():
    schema = Rocket.model_json_schema()
    rocket = schema["$defs"]["Rocket"]
    path, inline = rocket["properties"]["motor"]["anyOf"]
    assert path["type"] == "string" and inline["$ref"].endswith("/Motor")
    assert schema["$defs"]["Motor"]["properties"]["thrust"]["x-unit"] == "N"
    assert rocket["additionalProperties"] is False and "schema" in rocket["properties"]


def test_unreadable_for_want_of_permission(folder, monkeypatch):
    def denied(path: Path) -> bytes:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "read_bytes", denied)
    assert problems(Motor, MOTOR) == ["it.yaml:1:1: cannot be read: Permission denied"]


def test_a_variant_keeps_only_the_sources_that_are_still_true():
    from osea_rocket.vehicle.parts import PayloadAdapter

    sources = ({"fields": ["mass", "height"], "grade": "read", "citation": "a data sheet"},
               {"fields": ["lower_diameter"], "grade": "estimate", "citation": "by eye"})  # fmt: skip
    adapter = PayloadAdapter.model_validate(
        {"name": "A", "mass": 81.0, "height": 0.9, "lower_diameter": 3.66, "upper_diameter": 1.575, "sources": sources}
    )
    variant = adapter.evolve(mass=100.0, lower_diameter=3.66)
    assert [s.fields for s in variant.sources] == [("height",), ("lower_diameter",)]
    assert variant.graded("mass") is None
    assert adapter.evolve(mass=81.0).sources == adapter.sources
