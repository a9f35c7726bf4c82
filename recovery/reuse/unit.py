"""Which serial flies in a place of the vehicle: the document that ties a vehicle to the log of a flown item."""

from typing import Annotated, Any, Self

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler, ValidationInfo, model_validator
from pydantic_core import PydanticCustomError, core_schema

from ...core.documents import FieldError
from ...core.errors import InputError
from ...core.modules import Part
from ...trajectory.environment.csv_columns import read_named_file
from .history import History
from .log import Log, parse_log


class _LogMarker:
    """In a file: the path of a reuse log (JSON lines), from the document's folder. Resolved, the log's own text."""

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> core_schema.CoreSchema:
        def resolve(value: Any, info: ValidationInfo) -> Log:
            if isinstance(value, Log):
                return value
            if not isinstance(value, str):
                raise PydanticCustomError("log", "expected the path of a reuse log, such as 'B003.jsonl'", {})
            try:
                if value.lstrip().startswith("{"):
                    return parse_log(value.encode(), "log")
                path, raw = read_named_file(value, info)
                return parse_log(raw, str(path))
            except InputError as error:
                raise PydanticCustomError("log", "{text}", {"text": str(error)}) from None

        return core_schema.with_info_plain_validator_function(
            resolve,
            serialization=core_schema.plain_serializer_function_ser_schema(lambda log: log.text, when_used="json"),
        )

    def __get_pydantic_json_schema__(self, schema: core_schema.CoreSchema, handler: GetJsonSchemaHandler) -> dict:
        return {"type": "string", "description": "path of a reuse log (JSON lines), from this file's folder"}


class FlownUnit(Part, schema="osea/flown-unit/v1"):
    """A serial in a place of the vehicle, with its records. fills: name of the part that it is: a stage, a fairing, an engine."""

    serial: str
    fills: str
    log: Annotated[Log, _LogMarker()]

    @model_validator(mode="after")
    def _of_that_serial(self) -> Self:
        if self.log.item.serial != self.serial:
            raise FieldError("serial", f"the log is of serial '{self.log.item.serial}'; name that, or another log")
        return self

    @property
    def history(self) -> History:
        """What its records say together."""
        return History(self.log)
