"""Modules that can be joined: a document with an identity of its own and ports, and references to any kind of them."""

from typing import Annotated, Any

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler, ValidationInfo, model_validator
from pydantic_core import PydanticCustomError, core_schema

from .documents import SCHEMAS, Document, FieldError, Module, read_reference
from .ports.port import Port


class Part(Module):
    """A module of a vehicle or its ground: ports say where it meets others. Left out, its ports are unknown; ``[]``: none."""

    ports: tuple[Port, ...] | None = None

    @model_validator(mode="after")
    def _ports_differ(self):
        names = [port.name for port in self.ports or ()]
        for i, name in enumerate(names):
            if name in names[:i]:
                raise FieldError(f"ports.{i}.name", f"two ports are called '{name}'; give each a name of its own")
        return self

    def port(self, name: str) -> Port:
        """The port called *name*; KeyError names the known ones."""
        for port in self.ports or ():
            if port.name == name:
                return port
        known = ", ".join(p.name for p in self.ports or ()) or "none"
        raise KeyError(f"'{self.name}' has no port '{name}'; known: {known}")


class Join(Document):
    """Two ports that meet, each as ``name of the module.name of its port``; lower or provider first."""

    lower: str
    upper: str

    @model_validator(mode="after")
    def _two_ports(self):
        for field in ("lower", "upper"):
            module, dot, port = getattr(self, field).rpartition(".")
            if not (module and dot and port):
                raise FieldError(field, "name a port as 'module.port', such as 'first stage.top'")
        if self.lower == self.upper:
            raise FieldError("upper", f"port '{self.upper}' is joined to itself; name the port of another module")
        return self


class _AnyPartMarker:
    """In a file: the path of a part's file of any kind, or the part inline, told by its ``schema``."""

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> core_schema.CoreSchema:
        def resolve(value: Any, info: ValidationInfo) -> Part:
            if isinstance(value, Part):
                return value
            if isinstance(value, str):
                found = read_reference(Module, value, info)
                if not isinstance(found, Part):
                    raise _refused(f"'{value}' is a document of {found.schema_}, which has no ports")
                return found
            schema = value.get("schema") if isinstance(value, dict) else None
            model = SCHEMAS.get(schema) if isinstance(schema, str) else None
            if model is None or not issubclass(model, Part):
                known = ", ".join(sorted(name for name, kind in SCHEMAS.items() if issubclass(kind, Part)))
                raise _refused(f"expected a path, or a part that begins with its schema ({known})")
            return model.model_validate(value, context=info.context)

        return core_schema.with_info_plain_validator_function(
            resolve, serialization=core_schema.plain_serializer_function_ser_schema(Part.to_plain, when_used="json")
        )

    def __get_pydantic_json_schema__(self, schema: core_schema.CoreSchema, handler: GetJsonSchemaHandler) -> dict:
        part = {"type": "object", "required": ["schema", "name"], "properties": {"schema": {"type": "string"}}}
        return {"anyOf": [{"type": "string", "description": "path of a part's file"}, part]}


def _refused(text: str) -> PydanticCustomError:
    return PydanticCustomError("part", "{text}", {"text": text})


AnyPart = Annotated[Part, _AnyPartMarker()]
