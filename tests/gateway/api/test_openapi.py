"""Promise: the OpenAPI document is valid, complete, and says what the gateway does."""

from __future__ import annotations

import json
from typing import Any

import jsonschema
import msgspec
import pytest
from schemathesis.specs.openapi import definitions

from agent_app.contract.messages import Note
from agent_app.contract.problems import Problem, ProblemType
from agent_app.gateway.http.endpoints import ENDPOINTS, document
from agent_app.gateway.http.examples import EXAMPLES
from agent_app.gateway.http.openapi import refusals
from agent_app.gateway.http.schemas import components

META: dict[str, Any] = definitions.OPENAPI_31
DOCUMENT: dict[str, Any] = json.loads(msgspec.json.encode(document()))


def faults(schema: dict[str, Any]) -> list[str]:
    """Return what the meta schema of OpenAPI 3.1 has against the document."""
    validator = jsonschema.Draft202012Validator(META)
    found = [f"{list(e.absolute_path)}: {e.message[:200]}" for e in validator.iter_errors(schema)]
    for name, part in schema["components"]["schemas"].items():
        try:
            jsonschema.Draft202012Validator.check_schema(part)
        except jsonschema.SchemaError as error:
            found.append(f"{name}: {error.message[:200]}")
    return found


def test_the_document_is_openapi_3_1() -> None:
    assert DOCUMENT["openapi"].startswith("3.1.")
    assert faults(DOCUMENT) == []


@pytest.mark.parametrize(
    "broken",
    [
        {**DOCUMENT, "paths": {"no-slash": {}}},
        {**DOCUMENT, "components": {**DOCUMENT["components"], "securitySchemes": {"x": {}}}},
        {**DOCUMENT, "components": {"schemas": {"Case": {"type": "objekt"}}}},
    ],
    ids=["path", "security", "schema"],
)
def test_a_document_that_is_wrong_is_found(broken: dict[str, Any]) -> None:
    """The negative control of the promise above."""
    assert faults(broken) != []


def test_every_reference_leads_somewhere() -> None:
    def references(part: object) -> list[str]:
        if isinstance(part, dict):
            own = [part["$ref"]] if isinstance(part.get("$ref"), str) else []
            return own + [r for value in part.values() for r in references(value)]
        if isinstance(part, list):
            return [r for value in part for r in references(value)]
        return []

    found = references(DOCUMENT)
    assert len(found) > 100
    known = {f"#/components/schemas/{name}" for name in DOCUMENT["components"]["schemas"]}
    assert set(found) <= known


def test_every_operation_is_there_with_its_key_its_rule_and_its_refusals() -> None:
    operations = {
        operation["operationId"]: operation
        for path in DOCUMENT["paths"].values()
        for operation in path.values()
    }
    assert set(operations) == {e.name for e in ENDPOINTS}
    for endpoint in ENDPOINTS:
        operation = operations[endpoint.name]
        names = [p["name"] for p in operation["parameters"]]
        assert ("Idempotency-Key" in names) is endpoint.changes
        assert operation["description"], endpoint.name
        statuses = {int(status) for status in operation["responses"]}
        assert {endpoint.status, 400, 500, 503} <= statuses
        for kind in refusals(endpoint):
            assert any(
                f"urn:agent-app:problem:{kind}" in json.dumps(response)
                for response in operation["responses"].values()
            )


def test_examples_are_what_they_are_examples_of() -> None:
    for of, examples in EXAMPLES.items():
        for example in examples.values():
            msgspec.json.decode(msgspec.json.encode(example), type=of)
    bodies = {e.body for e in ENDPOINTS if e.body is not None}
    assert bodies <= set(EXAMPLES), "give each body an example"


def test_times_and_currencies_are_described() -> None:
    schemas = DOCUMENT["components"]["schemas"]
    assert schemas["CaseRow"]["properties"]["placed_at"]["format"] == "date-time"
    assert {"type": "string", "format": "date-time"} in (
        schemas["CaseRow"]["properties"]["truth_as_of"]["anyOf"]
    )
    assert schemas["Money"]["properties"]["currency"]["pattern"] == "^[A-Z]{3}$"
    assert "Raises" not in json.dumps(schemas)


def test_problems_are_described_as_they_are_sent() -> None:
    schema = DOCUMENT["components"]["schemas"]["Problem"]
    told = Problem(type="urn:agent-app:problem:conflict", title="t", status=409, holder="Chen")
    jsonschema.validate(json.loads(msgspec.json.encode(told)), schema)
    assert {ProblemType.UNAVAILABLE, ProblemType.INTERNAL} <= set().union(*map(refusals, ENDPOINTS))


def unlimited(types: list[Any]) -> list[str]:
    """Return the texts of request bodies that have no longest length or may hold a zero."""
    found = []
    for name, schema in components(types)[1].items():
        if schema.get("type") != "object" or name in {"Money"}:
            continue
        for field, part in schema["properties"].items():
            for text in part.get("anyOf", [part]):
                if text.get("type") == "string" and not {"maxLength", "pattern"} <= set(text):
                    found.append(f"{name}.{field}")
                if text.get("type") == "object" and "maxProperties" not in text:
                    found.append(f"{name}.{field}")
    return found


def test_every_text_that_is_sent_to_us_has_a_limit() -> None:
    assert unlimited([e.body for e in ENDPOINTS if e.body is not None]) == []
    # The negative control: an answer's texts have none.
    assert "Note.text" in unlimited([Note])
