"""The frozen input of an issue as canonical JSON: the same draft gives the same bytes and the same hash."""

import hashlib
import json
from functools import cache

from pydantic import TypeAdapter

from newsletter.model.issue import Draft


def dump_draft(draft: Draft) -> str:
    """The draft as one line of JSON with sorted keys; `load_draft` gives an equal draft back."""
    values = _adapter().dump_python(draft, mode="json")
    return json.dumps(values, sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def load_draft(text: str) -> Draft:
    """The draft that was dumped; zones come back as fixed offsets. ValueError for anything else."""
    return _adapter().validate_json(text)


def draft_hash(draft: Draft) -> str:
    """What an editor approves: SHA-256 of the canonical JSON, in hexadecimal."""
    return hashlib.sha256(dump_draft(draft).encode()).hexdigest()


@cache
def _adapter() -> TypeAdapter[Draft]:
    return TypeAdapter(Draft)
