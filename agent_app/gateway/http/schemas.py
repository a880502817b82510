"""JSON Schemas of the messages: what msgspec knows of a type, and what it cannot know."""

from __future__ import annotations

import inspect
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
from msgspec.inspect import (
    CollectionType,
    DataclassType,
    DateTimeType,
    DictType,
    Field,
    StructType,
    Type,
    UnionType,
    VarTupleType,
    multi_type_info,
)

Schema = dict[str, Any]
_REF = "#/components/schemas/{name}"

# What a type refuses as it is made, in JSON Schema's words.
_REFUSED_WHEN_MADE: Mapping[str, Mapping[str, Schema]] = {
    "Money": {"currency": {"pattern": "^[A-Z]{3}$"}},
}


def components(types: Sequence[Any]) -> tuple[list[Schema], dict[str, Schema]]:
    """Return a schema for each type, and the named schemas that they refer to."""
    refs, named = msgspec.json.schema_components(types, ref_template=_REF)
    for schema in named.values():
        if "description" in schema:
            schema["description"] = _for_readers(schema["description"])
    for name, fields in _fields(types).items():
        properties = named[name].get("properties", {})
        for part in fields:
            _say_when(properties[part.encode_name], part.type)
        for part_name, more in _REFUSED_WHEN_MADE.get(name, {}).items():
            properties[part_name].update(more)
    return list(refs), dict(sorted(named.items()))


def _for_readers(docstring: str) -> str:
    """Leave out what concerns only who calls the class in Python."""
    return inspect.cleandoc(docstring).split("\n\nRaises:")[0]


def _fields(types: Sequence[Any]) -> dict[str, Sequence[Field]]:
    found: dict[str, Sequence[Field]] = {}
    waiting: list[Type] = list(multi_type_info(types))
    while waiting:
        kind = waiting.pop()
        if isinstance(kind, StructType | DataclassType):
            if kind.cls.__name__ not in found:
                found[kind.cls.__name__] = kind.fields
                waiting += [part.type for part in kind.fields]
        else:
            waiting += _inside(kind)
    return found


def _inside(kind: Type) -> list[Type]:
    if isinstance(kind, UnionType):
        return list(kind.types)
    if isinstance(kind, DictType):
        return [kind.key_type, kind.value_type]
    if isinstance(kind, CollectionType | VarTupleType):
        return [kind.item_type]
    return []


def _say_when(schema: Schema, kind: Type) -> None:
    """Name the format of times: msgspec leaves it out, as they might lack a zone. Ours never do."""
    if isinstance(kind, DateTimeType):
        schema["format"] = "date-time"
    elif isinstance(kind, UnionType) and any(isinstance(t, DateTimeType) for t in kind.types):
        for either in schema["anyOf"]:
            if either.get("type") == "string":
                either["format"] = "date-time"
