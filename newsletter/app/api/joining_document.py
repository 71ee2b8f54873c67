"""What the OpenAPI document says of `/api/subscribe`, which needs no token and was there before there were any."""

from typing import Any

Json = dict[str, Any]

_NAMED: Json = {
    "type": "object",
    "required": ["name", "title"],
    "properties": {"name": {"type": "string"}, "title": {"type": "string"}},
}
_OFFER: Json = {
    "type": "object",
    "required": ["name", "title", "consent_text", "double_opt_in", "digests", "topics", "token"],
    "properties": {
        "name": {"type": "string"},
        "title": {"type": "string"},
        "consent_text": {"type": "string"},
        "double_opt_in": {"type": "boolean"},
        "digests": {"type": "array", "items": _NAMED},
        "topics": {"type": "array", "items": _NAMED},
        "token": {"type": "string"},
    },
}
_WORDS: Json = {"type": "array", "items": {"type": "string"}, "maxItems": 100}
#: The same schema stands in docs/subscribe-api.md.
WISH: Json = {
    "type": "object",
    "required": ["email", "token"],
    "additionalProperties": False,
    "properties": {
        "email": {"type": "string", "maxLength": 254, "format": "email"},
        "token": {"type": "string"},
        "list": {"type": "string"},
        "digests": _WORDS,
        "topics": _WORDS,
        "timezone": {"type": "string"},
        "language": {"type": "string"},
    },
}
_SAID: Json = {
    "type": "object",
    "required": ["status"],
    "properties": {
        "status": {"enum": ["accepted", "malformed", "unknown-list", "token", "invalid", "too-many"]},
        "message": {"type": "string"},
        "confirms": {"type": "boolean"},
        "token": {"type": "string"},
        "problems": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["field", "message"],
                "properties": {"field": {"type": "string"}, "message": {"type": "string"}},
            },
        },
    },
}


def _answer(words: str, schema: Json) -> Json:
    return {"description": words, "content": {"application/json": {"schema": schema}}}


_REFUSED: Json = {"description": "More than 8 KB.", "content": {"text/plain": {"schema": {"type": "string"}}}}
#: The two operations, as a part of `paths`.
JOINING: Json = {
    "/api/subscribe": {
        "get": {
            "operationId": "describeJoining",
            "summary": "What can be joined, with a token for each list",
            "description": "For a form on another site; any origin may ask. See docs/subscribe-api.md.",
            "tags": ["joining"],
            "security": [],
            "responses": {
                "200": _answer(
                    "Every list that people can join.",
                    {
                        "type": "object",
                        "required": ["lists"],
                        "properties": {"lists": {"type": "array", "items": _OFFER}},
                    },
                )
            },
        },
        "post": {
            "operationId": "join",
            "summary": "Ask to join",
            "description": "The same answer whoever has the address. See docs/subscribe-api.md.",
            "tags": ["joining"],
            "security": [],
            "requestBody": {"required": True, "content": {"application/json": {"schema": WISH}}},
            "responses": {
                "202": _answer("Taken down.", _SAID),
                "400": _answer("Not one object of this form.", _SAID),
                "404": _answer("Nobody can join a list of that name.", _SAID),
                "409": _answer("No good token: use the one in the answer, a second from now.", _SAID),
                "413": _REFUSED,
                "422": _answer("`problems` says what is wrong, in the language asked for.", _SAID),
                "429": _answer("Asked too often; try again in an hour.", _SAID),
            },
        },
    }
}
