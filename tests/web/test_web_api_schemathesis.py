"""Schemathesis asks every operation of the document for what it promises and for what it refuses, by all its checks.

The server runs in this process. A check that fails names the operation, the request as curl sends it, and why.
"""

from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from schemathesis.config import SchemathesisConfig
from schemathesis.engine import events, from_schema
from support_api import OPERATIONS, PREFIX, Api, api_of, sent_lab

from newsletter.app.workspace import with_settings

# Generated requests run what test_web_api.py covers.
pytestmark = pytest.mark.no_cover

#: Of what the document promises nothing is left out.
CHECKS = {
    "not_a_server_error", "status_code_conformance", "content_type_conformance", "response_headers_conformance",
    "response_schema_conformance", "negative_data_rejection", "positive_data_acceptance", "missing_required_header",
    "unsupported_method", "allow_header_conformance", "use_after_free", "ensure_resource_availability",
    "ignored_auth", "object_level_authorization",
}  # fmt: skip
PHASES = ("examples", "coverage", "fuzzing", "stateful")
#: Far beyond what is sent here: limits have tests of their own.
NO_LIMIT = 10**9


@dataclass
class Found:
    """What a run came to."""

    cases: Counter[str] = field(default_factory=Counter)
    checks: Counter[str] = field(default_factory=Counter)
    statuses: Counter[int] = field(default_factory=Counter)
    operations: set[str] = field(default_factory=set)
    failures: list[str] = field(default_factory=list)

    def add(self, event: Any) -> None:
        if isinstance(event, events.ScenarioFinished):
            self._scenario(event)
        elif isinstance(event, events.NonFatalError | events.FatalError):
            self.failures.append(str(getattr(event, "value", None) or getattr(event, "exception", event)))

    def _scenario(self, event: events.ScenarioFinished) -> None:
        self.cases[event.phase.value] += len(event.recorder.cases)
        self.operations.add(str(event.label))
        self.statuses.update(one.response.status_code for one in event.recorder.interactions.values() if one.response)
        for done in event.recorder.checks.values():
            for check in done:
                self.checks[check.name] += 1
                if check.failure_info is not None:
                    why = check.failure_info
                    self.failures.append(f"{check.name} {event.label}: {why.failure.message}\n{why.code_sample}")


def attack(api: Api, examples: int, *phases: str) -> Found:
    """Run these phases with so many examples of each operation."""
    person = api.person()
    schema = schemathesis.openapi.from_asgi(
        f"{PREFIX}/openapi.json", api.app, config=_config(api, person, examples, phases)
    )
    found = Found()
    for event in from_schema(schema).execute():
        found.add(event)
    return found


def _config(api: Api, person: str, examples: int, phases: tuple[str, ...]) -> SchemathesisConfig:
    about_somebody = [one.id for one in OPERATIONS if "{id}" in one.path and one.method != "DELETE"]
    # A zone that the schema lets through and that is none is told with 422 there, as its page tells it.
    joining = {"positive_data_acceptance": {"expected-statuses": ["2xx", "404", "409", "422"]}}
    # Adding the same address twice is one person, whom another chain of requests may have erased in between.
    after_each_other = {
        "enabled": "stateful" in phases, "checks": {"ensure_resource_availability": {"enabled": False}},
    }  # fmt: skip
    return SchemathesisConfig.from_dict(
        {
            "headers": {"Authorization": f"Bearer {api.token}"},
            "generation": {"max-examples": examples, "deterministic": True, "database": "none"},
            "phases": {name: {"enabled": name in phases} for name in PHASES} | {"stateful": after_each_other},
            "operations": [
                {"include-operation-id": about_somebody, "parameters": {"path.id": person}},
                {"include-path": "/api/subscribe", "checks": joining},
            ],
        }
    )


@pytest.fixture
def api(tmp_path: Path) -> Api:
    ws = sent_lab(tmp_path / "lab")
    free = ws.settings.joining.model_copy(update={"per_network": NO_LIMIT, "per_hour": NO_LIMIT})
    return api_of(with_settings(ws, joining=free))


def test_a_few_requests_of_each_kind_are_answered_as_the_document_says(api: Api) -> None:
    found = attack(api, 1, "examples", "fuzzing")
    assert not found.failures, "\n\n".join(found.failures)
    assert set(found.checks) == CHECKS
    assert len(found.operations) == len(OPERATIONS) + 2
    assert found.statuses[500] == found.statuses[503] == 0
    assert found.statuses[200] > 10


@pytest.mark.slow
def test_many_requests_of_each_kind_are_answered_as_the_document_says(api: Api) -> None:
    found = attack(api, 150, *PHASES)
    print(dict(found.cases), sum(found.cases.values()), dict(found.checks), dict(found.statuses))
    assert not found.failures, "\n\n".join(found.failures)
    assert set(found.checks) == CHECKS
    assert sum(found.cases.values()) > 3_000
