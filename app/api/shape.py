"""The base of the API's parameters: its JSON schema is made once, not at every request."""

from functools import cache
from typing import Any

from pydantic import BaseModel


class Parameters(BaseModel):
    """Parameters of a query or a header. The library asks for their schema whenever it reads a request."""

    @classmethod
    def model_json_schema(cls, *words: Any, **named: Any) -> dict[str, Any]:
        return super().model_json_schema(*words, **named) if words or named else _schema(cls)


@cache
def _schema(model: type[BaseModel]) -> dict[str, Any]:
    return BaseModel.model_json_schema.__func__(model)  # type: ignore[attr-defined, no-any-return]
