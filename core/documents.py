"""Strict definition documents: YAML in, frozen pydantic models out, every error with file, line, field and the mend."""

import difflib
import hashlib
import json
import os
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any, ClassVar, Literal, Self, TypeVar

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    GetCoreSchemaHandler,
    GetJsonSchemaHandler,
    PrivateAttr,
    ValidationError,
    ValidationInfo,
    model_validator,
)
from pydantic_core import PydanticCustomError, core_schema
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from . import strict_yaml
from .document_problems import DocumentError, FieldError, problems_of
from .errors import InputError
from .strict_yaml import Problem, YamlError
from .versions import VersionText
from .wording import message, shown

T = TypeVar("T")
Flag = Annotated[bool, Field(strict=True)]  # only true and false: lax pydantic would take "no" and 1
Count = Annotated[int, Field(strict=True, ge=1)]
Integer = Annotated[int, Field(strict=True)]


@dataclass(frozen=True)
class Origin:
    """Where a document was read; documents read from different places may still be equal."""

    file: str
    node: Node
    files: dict[Path, bytes]

    def __eq__(self, other: object) -> bool:
        return True

    def __hash__(self) -> int:
        return 0

    def __deepcopy__(self, memo: dict[int, Any]) -> "Origin":
        return self


class Document(BaseModel):
    """A frozen, strict part of a definition. Change it by ``evolve``, which validates again."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", populate_by_name=True, protected_namespaces=(), allow_inf_nan=False
    )
    _origin: Origin | None = PrivateAttr(default=None)

    def evolve(self, **changes: Any) -> Self:
        """A validated variant: ``stage.evolve(dry_mass=22.2e3)``. Raises InputError when it is not valid."""
        unknown = set(changes) - set(type(self).model_fields)
        if unknown:
            raise InputError(f"{type(self).__name__} has no field {', '.join(sorted(unknown))}", where=self.where())
        values = {name: getattr(self, name) for name in type(self).model_fields} | changes
        try:
            variant = type(self).model_validate(values)
        except ValidationError as error:
            lines = []
            for e in error.errors(include_url=False):
                cause = e.get("ctx", {}).get("error")
                loc = (*e["loc"], *([cause.field_path] if isinstance(cause, FieldError) else []))
                lines.append(": ".join(part for part in (".".join(map(str, loc)), message(e)) if part))
            raise InputError("; ".join(lines), where=self.where()) from None
        variant._origin = self._origin
        return variant

    def where(self, field_path: str = "") -> str:
        """``file:line:column`` of the document or of one of its fields (dotted path); the type's name without a file."""
        if self._origin is None:
            return f"{type(self).__name__}{'.' + field_path if field_path else ''}"
        loc = tuple(int(p) if p.isdigit() else p for p in field_path.split(".")) if field_path else ()
        mark = strict_yaml.find(self._origin.node, loc).start_mark
        return f"{self._origin.file}:{mark.line + 1}:{mark.column + 1}"

    def written(self, name: str) -> str | None:
        """The field's text as its file has it, None for a document made in Python and for fields with parts."""
        if self._origin is None:
            return None
        node = strict_yaml.find(self._origin.node, (name,))
        return str(node.value) if isinstance(node, ScalarNode) else None

    def input_files(self) -> dict[Path, bytes]:
        """Every file read for this document, with its exact bytes; empty for one made in Python."""
        return dict(self._origin.files) if self._origin else {}

    def to_plain(self) -> dict[str, Any]:
        """The resolved document as plain data, quantities as SI strings; reading it back gives an equal document."""
        return self.model_dump(mode="json", by_alias=True, exclude_none=True)

    def content_hash(self) -> str:
        """sha256 of the resolved content: independent of comments, order of fields, units written, file names."""
        return self._digest

    @cached_property
    def _digest(self) -> str:
        """Made once: the content is frozen, and every result carries it."""
        text = json.dumps(self.to_plain(), sort_keys=True, ensure_ascii=False, allow_nan=False)
        return hashlib.sha256(text.encode()).hexdigest()


Grade = Literal["read", "secondary", "recalled", "estimate"]


class Source(Document):
    """Where figures come from. read: in the source itself; secondary: in a copy that cites it; recalled: from memory,
    never counted as validation; estimate: ours, the citation says how."""

    fields: tuple[str, ...] = Field(min_length=1, description="the fields (dotted paths) that this source covers")
    grade: Grade
    citation: str = Field(min_length=3)


Maturity = Literal["concept", "preliminary", "detailed", "qualified", "flown"]


class Evidence(Document):
    """What stands behind the figures: an analysis, a test or a flight, and the document that says so."""

    kind: Literal["analysis", "test", "flight"]
    document: str = Field(min_length=3)


SCHEMAS: dict[str, type["Module"]] = {}


class Module(Document):
    """A document that can stand in a file of its own: ``schema: osea/stage/v1``."""

    schema_id: ClassVar[str] = ""
    schema_: str = Field(default="", alias="schema", description="kind and version of the document")
    name: str = Field(min_length=1)
    notes: str = ""
    sources: tuple[Source, ...] = ()
    # A module's own identity; left out, it is unknown, and the content's hash is that of files without these fields.
    version: VersionText | None = None
    supplier: str | None = None
    licence: str | None = Field(default=None, examples=["CC-BY-4.0"])
    maturity: Maturity | None = None
    evidence: tuple[Evidence, ...] | None = None

    def __init_subclass__(cls, schema: str = "", **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if schema:
            cls.schema_id = schema

    @classmethod
    def __pydantic_init_subclass__(cls, schema: str = "", **kwargs: Any) -> None:
        super().__pydantic_init_subclass__(**kwargs)
        if schema:
            known = SCHEMAS.get(schema, cls)
            if (known.__module__, known.__qualname__) != (cls.__module__, cls.__qualname__):
                taken = f"{known.__module__}.{known.__qualname__}"
                raise TypeError(f"schema '{schema}' is that of {taken} already; give the new kind a name of its own")
            SCHEMAS[schema] = cls

    @model_validator(mode="before")
    @classmethod
    def _schema_fits(cls, data: Any, info: ValidationInfo) -> Any:
        if not isinstance(data, dict):
            return data
        from_file = bool(info.context and info.context.get("from_file"))
        if "schema" in data and data["schema"] != cls.schema_id and (from_file or data["schema"]):
            given = shown(data["schema"])
            raise FieldError("schema", f"the schema is {given}; here '{cls.schema_id}' is expected")
        if not from_file:  # evolve() names fields by their Python names
            data = {k: v for k, v in data.items() if k != "schema_"}
        return data | {"schema": cls.schema_id}

    @model_validator(mode="after")
    def _sources_name_fields(self) -> Self:
        for i, source in enumerate(self.sources):
            for path in source.fields:
                if _value_at(self, path.split(".")) is None:
                    names = [n for n, v in self if v is not None and n not in ("sources", "schema_", "notes")]
                    near = difflib.get_close_matches(path, names, 1)
                    hint = f"; did you mean '{near[0]}'?" if near else ""
                    raise FieldError(f"sources.{i}.fields", f"a source for '{path}', which is not given here{hint}")
        return self

    def evolve(self, **changes: Any) -> Self:
        """A validated variant; a source stays only with the figures that are still its own."""

        def kept(path: str) -> bool:
            first, *rest = path.split(".")
            return first not in changes or _value_at(changes[first], rest) == _value_at(self, path.split("."))

        if "sources" not in changes:
            covered = [(source, tuple(filter(kept, source.fields))) for source in self.sources]
            changes["sources"] = tuple(s.evolve(fields=f) for s, f in covered if f)
        return super().evolve(**changes)

    def graded(self, field_path: str) -> Grade | None:
        """The grade of the source that covers a field, or None."""
        return next((s.grade for s in self.sources if _covers(s, field_path)), None)


def _covers(source: Source, path: str) -> bool:
    return any(path == f or path.startswith(f + ".") for f in source.fields)


def _value_at(value: Any, path: list[str]) -> Any:
    """The value at a dotted path in a document, None where there is none."""
    for part in path:
        if isinstance(value, Document) and part in type(value).model_fields:
            value = getattr(value, part)
        elif isinstance(value, tuple) and part.isdigit() and int(part) < len(value):
            value = value[int(part)]
        else:
            return None
    return value


Composed = dict[Path, tuple[Node, bytes]]
"""Files as YAML nodes with their bytes, by resolved path: kept by who loads many documents that refer to the same files."""


@dataclass
class _Session:
    """One load: the files read so far, the chain of files being read, and what was wrong."""

    files: dict[Path, bytes] = field(default_factory=dict)
    chain: tuple[Path, ...] = ()
    problems: list[Problem] = field(default_factory=list)
    # One file may be named in many places; reading it again each time would let a short chain of files grow as 2^n.
    read: dict[tuple[Path, int], Any] = field(default_factory=dict)
    composed: Composed = field(default_factory=dict)


class _UnreadableError(Exception):
    """A referenced file that cannot be read at all: the place to mend is the reference."""


def read_reference(model: Any, path: str, info: ValidationInfo) -> Any:
    """The document that a path in a file names; for *model* Module, of whatever kind its ``schema`` says.

    Raises a pydantic error for a path that is none, or for a file whose problems are noted in the load already.
    """
    if not info.context or "session" not in info.context:
        raise PydanticCustomError("path", "a path can only stand in a file; give the document itself", {})
    if "://" in path or "\0" in path or not path.strip():
        raise PydanticCustomError("path", "expected the path of a YAML file, or the document itself", {})
    session, file = info.context["session"], info.context["file"]
    try:
        result = _load(model, file.parent / path, session, referred=True)
    except _UnreadableError as error:
        raise PydanticCustomError("path", "{text}", {"text": f"'{path}': {error}"}) from None
    if result is None:  # its own problems are noted already
        raise PydanticCustomError("reference_failed", "see the referenced file", {})
    return result


class _ReferenceMarker:
    """In a file: the path of another file, from the referring file's folder, or the document written inline."""

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> core_schema.CoreSchema:
        def resolve(value: Any, inner: core_schema.ValidatorFunctionWrapHandler, info: ValidationInfo) -> Any:
            if not isinstance(value, str):
                return inner(value)
            return read_reference(source, value, info)

        return core_schema.with_info_wrap_validator_function(
            resolve, handler(source), serialization=core_schema.wrap_serializer_function_ser_schema(lambda v, h: h(v))
        )

    def __get_pydantic_json_schema__(self, schema: core_schema.CoreSchema, handler: GetJsonSchemaHandler) -> dict:
        return {
            "anyOf": [{"type": "string", "description": "path of a file, from this file's folder"}, handler(schema)]
        }


Reference = Annotated[T, _ReferenceMarker()]

D = TypeVar("D", bound=Document)


def load_document(model: type[D], path: str | Path) -> D:
    """Read *path* as a *model*, with every file that it refers to. Raises DocumentError with all problems found."""
    session = _Session()
    result = _load(model, Path(path), session)
    if session.problems or result is None:
        raise DocumentError(session.problems)
    return result


def _kind(node: Node, file: str) -> type["Module"]:
    """The model that a file's ``schema:`` names; the packages that define the schemas must have been imported."""
    schema_node = strict_yaml.find(node, ("schema",))
    if not isinstance(schema_node, ScalarNode) or schema_node is node:
        known = ", ".join(sorted(SCHEMAS))
        raise DocumentError([Problem(file, 1, 1, f"'schema' is missing: the first line says what it is ({known})")])
    model = SCHEMAS.get(schema_node.value)
    if model is None:
        near = difflib.get_close_matches(schema_node.value[:100], SCHEMAS, 1)
        hint = f"; did you mean '{near[0]}'?" if near else f"; known: {', '.join(sorted(SCHEMAS))}"
        mark = schema_node.start_mark
        text = f"unknown schema {shown(schema_node.value)}{hint}"
        raise DocumentError([Problem(file, mark.line + 1, mark.column + 1, text)])
    return model


def load_any(path: str | Path, composed: Composed | None = None) -> Module:
    """Read *path* by its ``schema:``; the packages that define the schemas must have been imported.

    composed: for who loads many files that refer to each other, so that each is parsed once.
    """
    session = _Session(composed={} if composed is None else composed)
    result = _load(Module, Path(path), session)
    if session.problems or result is None:
        raise DocumentError(session.problems)
    return result


def _load(model: Any, path: Path, session: _Session, referred: bool = False) -> Any:
    """The document in *path*, or None when its problems are noted in the session.

    Raises _UnreadableError for a referenced file that is missing, no file, or in a circle.
    """
    name = os.path.normpath(path)  # "stages/../engines/x.yaml" reads better as "engines/x.yaml"
    try:
        resolved = path.resolve()
    except (OSError, RuntimeError, ValueError):  # a circle of links; a name that no file can have
        resolved = path.absolute()
    if resolved in session.chain:
        chain = " → ".join(p.name for p in (*session.chain[session.chain.index(resolved) :], resolved))
        raise _UnreadableError(f"the files refer to each other in a circle: {chain}")
    key = (resolved, id(model))
    if key in session.read:
        return session.read[key]
    try:
        if resolved not in session.composed:
            session.composed[resolved] = strict_yaml.compose(path, name)
        node, raw = session.composed[resolved]
    except YamlError as error:
        if referred and error.unreadable:
            raise _UnreadableError(error.problem.text) from None
        session.problems.append(error.problem)
        session.read[key] = None
        return None
    session.files[resolved] = raw
    if model is Module:  # any kind will do
        try:
            model = _kind(node, name)
        except DocumentError as error:
            session.problems.extend(error.problems)
            session.read[key] = None
            return None
    outer, session.chain = session.chain, (*session.chain, resolved)
    try:
        session.read[key] = _build(model, node, path, session)
    finally:
        session.chain = outer
    return session.read[key]


def _build(model: Any, node: Node, path: Path, session: _Session) -> Any:
    name, before = os.path.normpath(path), len(session.problems)
    data = strict_yaml.plain(node, name, session.problems)
    if isinstance(data, dict) and issubclass(model, Module) and "schema" not in data:
        text = f"'schema' is missing; begin the file with 'schema: {model.schema_id}'"
        session.problems.append(Problem(name, 1, 1, text))
    context = {"from_file": True, "session": session, "file": path}
    try:
        result = model.model_validate(data, context=context)
    except ValidationError as error:
        refused = {(p.line, p.column) for p in session.problems[before:]}  # said once is enough
        found = problems_of(error, model, node, name, SCHEMAS)
        session.problems.extend(p for p in found if (p.line, p.column) not in refused)
        return None
    except (
        ArithmeticError,
        RecursionError,
    ) as error:  # a value at the edge of what floats hold, in a model's own check
        if len(session.problems) == before:
            text = f"the values cannot be computed with ({error}); one of them is far too large or too small"
            session.problems.append(Problem(name, 1, 1, text))
        return None
    _attach(result, node, name, session.files)
    return result


def _attach(document: Document, node: Node, file: str, files: dict[Path, bytes]) -> None:
    """Give the document and the parts written in the same file their places."""
    document._origin = Origin(file, node, files)
    for name, info in type(document).model_fields.items():
        value = getattr(document, name)
        child = strict_yaml.find(node, (info.alias or name,))
        if isinstance(value, Document) and isinstance(child, MappingNode) and child is not node:
            _attach(value, child, file, files)
        elif isinstance(value, tuple) and isinstance(child, SequenceNode):
            for item, item_node in zip(value, child.value, strict=False):
                if isinstance(item, Document) and isinstance(item_node, MappingNode):
                    _attach(item, item_node, file, files)
