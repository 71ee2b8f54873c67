"""The OpenAPI 3.1 document, made from the table: `python -m newsletter.app.api.openapi docs/openapi.json`.

What the program serves and what the document says come from the same rows and the same models.
"""

import json
import re
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import JsonSchemaMode, models_json_schema

from newsletter import __version__
from newsletter.app.api.asked import Asked
from newsletter.app.api.joining_document import JOINING
from newsletter.app.api.operations import OPERATIONS, PREFIX, Operation, kinds_of
from newsletter.app.api.problems import MEDIA_TYPE, PROBLEMS, ProblemDetails
from newsletter.model.api import SCOPES

Json = dict[str, Any]

ABOUT = """For a community's own site: subscribers, issues and status.

Every request carries `Authorization: Bearer TOKEN`; the operator makes tokens with `newsletter api-tokens create`,
each with the scopes that it needs. An address stands in bodies alone and never in a URL. What is refused is told as
problem details (RFC 9457), and nothing of it was done. GET never changes anything, and answers `If-None-Match` with
304."""
#: Words of a path that vary; a segment of dots alone would be another address.
SEGMENT: Json = {
    "type": "string",
    "minLength": 1,
    "maxLength": 80,
    "pattern": r"^[^\x00-\x20\x7f/.][^\x00-\x20\x7f/]*$",
}
KEY: Json = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": False,
    "description": "Sent again within a day under the same key, the request is done once and answered as it was.",
    "schema": {"type": "string", "minLength": 1, "maxLength": 100, "pattern": r"^[\x21-\x7e]+$"},
}
_TAG: Json = {"ETag": {"description": "For `If-None-Match`.", "schema": {"type": "string"}}}
_WAIT: Json = {"Retry-After": {"description": "Seconds.", "schema": {"type": "integer", "minimum": 1}}}
_HEADERS: Mapping[int, Json] = {
    401: {"WWW-Authenticate": {"schema": {"type": "string"}}},
    429: _WAIT,
    503: _WAIT,
}


def document(base_url: str) -> Json:
    """The document of a program that is reached at this address, without a slash at its end."""
    return {
        "openapi": "3.1.0",
        "jsonSchemaDialect": "https://json-schema.org/draft/2020-12/schema",
        "info": {"title": "Newsletter", "version": __version__, "description": ABOUT},
        "servers": [{"url": base_url}],
        "security": [{"token": []}],
        "paths": _paths() | JOINING,
        "components": {
            "schemas": _schemas(),
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer", "description": _scopes()}},
        },
        "x-problems": {kind: {"status": row.status, "title": row.title, "remedy": row.remedy}
                       for kind, row in PROBLEMS.items()},
    }  # fmt: skip


def as_text(base_url: str) -> str:
    """The document as indented JSON."""
    return json.dumps(document(base_url), ensure_ascii=False, indent=2) + "\n"


def _paths() -> Json:
    paths: Json = {}
    for one in OPERATIONS:
        paths.setdefault(PREFIX + one.path, {})[one.method.lower()] = _operation(one)
    return paths


def _operation(one: Operation) -> Json:
    told: Json = {
        "operationId": one.id,
        "summary": one.summary,
        "description": f"{_doc(one)}\n\nScope: `{one.scope}`.",
        "tags": [one.scope.partition(":")[0]],
        "security": [{"token": [one.scope]}],
        "parameters": [*_segments(one), *_query(one.query), *([KEY] if one.repeats else [])],
        "responses": _responses(one),
    }
    if one.body is not None:
        told["requestBody"] = {"required": True, "content": {"application/json": {"schema": _ref(one.body)}}}
    return told


def _doc(one: Operation) -> str:
    """What the handler says of itself: whoever changes what it does finds it there."""
    return " ".join((one.handle.__doc__ or one.summary).split())


def _segments(one: Operation) -> list[Json]:
    names = re.findall(r"{(\w+)}", one.path)
    return [{"name": name, "in": "path", "required": True, "schema": SEGMENT} | _example(name) for name in names]


def _example(name: str) -> Json:
    """One that holds in the sample workspace; nobody's id does."""
    found = {"key": "weekly-2026-12-04", "digest": "weekly", "list": "community"}
    return {"example": found[name]} if name in found else {}


def _query(model: type[Asked]) -> list[Json]:
    fields = model.model_json_schema()["properties"] if model.model_fields else {}
    return [{"name": name, "in": "query", "required": False, **_parameter(schema)} for name, schema in fields.items()]


def _parameter(schema: Json) -> Json:
    """A query has no null: what may be left out is left out."""
    plain = {name: value for name, value in schema.items() if name not in ("title", "anyOf", "description")}
    plain |= next((one for one in schema.get("anyOf", ()) if one.get("type") != "null"), {})
    if plain.get("default", "") is None:
        del plain["default"]
    words = plain.pop("description", schema.get("description"))
    return {"schema": plain} | ({"description": words} if words else {})


def _responses(one: Operation) -> Json:
    good: Json = {"description": "Done." if one.answer is None else _first_line(one.answer)}
    if one.answer is not None:
        good["content"] = {"application/json": {"schema": _ref(one.answer)}}
    if one.is_read:
        good["headers"] = _TAG
    found = {one.status: good} | ({304: {"description": "As before.", "headers": _TAG}} if one.is_read else {})
    by_status: dict[int, list[str]] = {}
    for kind in kinds_of(one):
        by_status.setdefault(PROBLEMS[kind].status, []).append(kind)
    for status, kinds in by_status.items():
        found[status] = _refusal(status, kinds)
    return {str(status): found[status] for status in sorted(found)}


def _refusal(status: int, kinds: Iterable[str]) -> Json:
    told: Json = {
        "description": " Or: ".join(f"{PROBLEMS[kind].title}. {PROBLEMS[kind].remedy}" for kind in kinds),
        "content": {MEDIA_TYPE: {"schema": _ref(ProblemDetails)}},
    }
    return told | ({"headers": _HEADERS[status]} if status in _HEADERS else {})


def _first_line(model: type[BaseModel]) -> str:
    return (model.__doc__ or "").strip().splitlines()[0]


def _ref(model: type[BaseModel]) -> Json:
    return {"$ref": f"#/components/schemas/{model.__name__}"}


def _schemas() -> Json:
    bodies = {one.body for one in OPERATIONS if one.body is not None}
    answers = {one.answer for one in OPERATIONS if one.answer is not None} | {ProblemDetails}
    modes: list[tuple[type[BaseModel], JsonSchemaMode]] = [
        *((model, "validation") for model in sorted(bodies, key=lambda model: model.__name__)),
        *((model, "serialization") for model in sorted(answers, key=lambda model: model.__name__)),
    ]
    _, found = models_json_schema(modes, ref_template="#/components/schemas/{model}")
    schemas: Json = found["$defs"]
    return schemas


def _scopes() -> str:
    return "Scopes:\n" + "\n".join(f"- `{scope}`: {opens}" for scope, opens in SCOPES.items())


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(as_text("https://news.example.org"), encoding="utf-8")
