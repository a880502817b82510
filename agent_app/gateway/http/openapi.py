"""The OpenAPI 3.1 document, made from the table and the messages whenever it is asked for."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from agent_app.contract.messages import API_VERSION
from agent_app.contract.problems import (
    MEDIA_TYPE,
    STATUS,
    TITLES,
    URN,
    Problem,
    ProblemType,
)
from agent_app.domain.roles import Role, who_has
from agent_app.gateway.http import keys
from agent_app.gateway.http.endpoint import (
    JSON,
    LONGEST_ID,
    OPEN,
    About,
    Access,
    Endpoint,
    Parameter,
)
from agent_app.gateway.http.examples import EXAMPLES
from agent_app.gateway.http.schemas import Schema, components

_ABOUT = (
    "The platform API for unreturned orders: queues, cases, claims, approvals, and actions that "
    "happen exactly once. Times are UTC in RFC 3339, money is minor units with its currency. "
    "Answers may gain members; clients ignore those that they do not know."
)
_KEY_DOC = (
    "Chosen by the client, one for each change that it wants: the same key again gives the same "
    "answer and changes nothing, the same key with another request is refused."
)
_SIGN_IN: dict[str, Schema] = {
    "bearer": {
        "type": "http",
        "scheme": "bearer",
        "description": "A token of this gateway or of the organisation's OpenID provider.",
    },
    "dpop": {
        "type": "http",
        "scheme": "dpop",
        "description": "A token bound to the client's key, with a DPoP proof (RFC 9449).",
    },
}
_HEADERS: Mapping[int, tuple[str, str]] = {
    401: ("WWW-Authenticate", "What kind of token is wanted, and what was wrong with this one."),
    429: ("Retry-After", "Seconds after which to ask again."),
    503: ("Retry-After", "Seconds after which to ask again."),
}


def document(endpoints: Sequence[Endpoint]) -> dict[str, Any]:
    """Return the document that describes these operations."""
    types: list[Any] = [Problem]
    for endpoint in endpoints:
        types += [endpoint.answer, *endpoint.inside]
        types += [endpoint.body] if endpoint.body is not None else []
    refs, named = components(types)
    schema_of = dict(zip(map(repr, types), refs, strict=True))
    paths: dict[str, Schema] = {}
    for endpoint in endpoints:
        operations = paths.setdefault(endpoint.path, {})
        operations[endpoint.method.lower()] = _operation(endpoint, schema_of)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "agent-app gateway",
            "version": API_VERSION,
            "description": _ABOUT,
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": "/"}],
        "paths": paths,
        "components": {"schemas": named, "securitySchemes": _SIGN_IN},
    }


def _operation(endpoint: Endpoint, schema_of: Mapping[str, Schema]) -> Schema:
    said: Schema = {
        "operationId": endpoint.name,
        "summary": endpoint.summary,
        "description": _description(endpoint),
        "tags": [_tag(endpoint)],
        "security": [] if endpoint.needs is OPEN else [{name: []} for name in _SIGN_IN],
        "parameters": [
            *map(_path_parameter, _names(endpoint), [endpoint] * len(_names(endpoint))),
            *map(_query_parameter, endpoint.query),
            *([_KEY] if endpoint.changes else []),
        ],
        "responses": {
            str(endpoint.status): {
                "description": endpoint.summary,
                "content": _content(endpoint, schema_of),
            },
            **_refusals(endpoint, schema_of),
        },
    }
    if not isinstance(endpoint.needs, Access):
        said["x-any-scope"] = [scope.value for scope in endpoint.needs]
    if endpoint.scope_by_kind is not None:
        said["x-scope-by-kind"] = {
            kind.value: scope.value for kind, scope in endpoint.scope_by_kind.items()
        }
    if endpoint.body is not None:
        content: Schema = {"schema": schema_of[repr(endpoint.body)]}
        if endpoint.body in EXAMPLES:
            content["examples"] = {
                name: {"value": value} for name, value in EXAMPLES[endpoint.body].items()
            }
        said["requestBody"] = {"required": True, "content": {JSON: content}}
    return said


def _description(endpoint: Endpoint) -> str:
    text = [endpoint.doc] if endpoint.doc else []
    if endpoint.needs is OPEN:
        text.append("Needs no token.")
    elif isinstance(endpoint.needs, Access):
        text.append("For every account in force.")
    else:
        scopes = " or ".join(f"`{scope}`" for scope in endpoint.needs)
        roles = [role for role in Role if any(role in who_has(s) for s in endpoint.needs)]
        text.append(f"Needs the scope {scopes}, as {', '.join(roles)} have.")
    if endpoint.scope_by_kind is not None:
        text.append("Each kind of action needs a scope of its own beside, see `x-scope-by-kind`.")
    if endpoint.changes and not endpoint.keep_answer:
        text.append("A repeat is carried out again, which is as good as once.")
    return " ".join(text)


def _tag(endpoint: Endpoint) -> str:
    part = endpoint.path.removeprefix("/v1/").partition("/")[0]
    return part if part in {"cases", "actions"} else "gateway"


def _names(endpoint: Endpoint) -> list[str]:
    return re.findall(r"{(\w+)}", endpoint.path)


def _path_parameter(name: str, endpoint: Endpoint) -> Schema:
    known = {About.CASE.value: "The case's id.", About.ACTION.value: "The action's id."}
    return {
        "name": name,
        "in": "path",
        "required": True,
        "description": known.get(name) or endpoint.path_doc[name],
        "schema": {"type": "string", "minLength": 1, "maxLength": LONGEST_ID},
    }


def _query_parameter(parameter: Parameter[Any]) -> Schema:
    return {
        "name": parameter.name,
        "in": "query",
        "required": False,
        "description": parameter.doc,
        "schema": dict(parameter.schema),
    }


_KEY: Schema = {
    "name": keys.HEADER,
    "in": "header",
    "required": True,
    "description": _KEY_DOC,
    "schema": {"type": "string", "pattern": keys.PATTERN},
}


def _content(endpoint: Endpoint, schema_of: Mapping[str, Schema]) -> Schema:
    media_type = endpoint.media_type.partition(";")[0]
    return {media_type: {"schema": schema_of[repr(endpoint.answer)]}}


def refusals(endpoint: Endpoint) -> frozenset[ProblemType]:
    """Return every problem that the operation may answer with, as its declaration implies."""
    kinds = {
        ProblemType.INVALID_REQUEST,
        ProblemType.UNAVAILABLE,
        ProblemType.INTERNAL,
        *endpoint.refuses,
    }
    if endpoint.needs is not OPEN:
        kinds.add(ProblemType.UNAUTHENTICATED)
    if not isinstance(endpoint.needs, Access):
        kinds.add(ProblemType.FORBIDDEN)
    if endpoint.about is not About.NOTHING:
        kinds.add(ProblemType.NOT_VISIBLE)
    if endpoint.changes:
        kinds |= {
            ProblemType.KEY_MISSING,
            ProblemType.KEY_REUSED,
            ProblemType.IN_PROGRESS,
            ProblemType.TOO_LARGE,
        }
    if endpoint.body is not None:
        kinds.add(ProblemType.WRONG_MEDIA_TYPE)
    return frozenset(kinds)


def _refusals(endpoint: Endpoint, schema_of: Mapping[str, Schema]) -> dict[str, Schema]:
    by_status: dict[int, list[ProblemType]] = {}
    for kind in ProblemType:
        if kind in refusals(endpoint):
            by_status.setdefault(STATUS[kind], []).append(kind)
    said: dict[str, Schema] = {}
    for status, kinds in sorted(by_status.items()):
        of_these = {
            "type": {"enum": [URN + kind.value for kind in kinds]},
            "status": {"const": status},
        }
        schema = {"allOf": [schema_of[repr(Problem)], {"properties": of_these}]}
        said[str(status)] = {
            "description": "; or: ".join(TITLES[kind] for kind in kinds),
            "content": {MEDIA_TYPE: {"schema": schema}},
        }
        if status in _HEADERS:
            name, doc = _HEADERS[status]
            header = {"description": doc, "required": True, "schema": {"type": "string"}}
            said[str(status)]["headers"] = {name: header}
    return said
