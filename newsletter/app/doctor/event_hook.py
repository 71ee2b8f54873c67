"""Whether what a provider posts reaches us: test events go round, through the public address to our disk."""

import time
from collections.abc import Iterator
from contextlib import closing

from newsletter.app.doctor.surroundings import Surroundings
from newsletter.app.reporting.receiving import spool_of
from newsletter.app.workspace import Workspace
from newsletter.health.events import judge_door, judge_round
from newsletter.model.health import Finding
from newsletter.model.probe import HookProbed
from newsletter.providers.registry import ProviderError, open_provider
from newsletter.providers.webhooks import POSTING
from newsletter.store import events

#: Seconds that the provider has to post, and between two looks for it.
PATIENCE, LOOK = 15.0, 0.1
_JSON = {"Content-Type": "application/json"}


def event_findings(ws: Workspace, around: Surroundings) -> Iterator[Finding]:
    """How the hook is, where the provider posts events. A test names nothing of ours, so it is kept apart."""
    provider = ws.settings.provider
    if provider.kind not in POSTING:
        return
    if not provider.webhook_key:
        text = "provider.webhook_key is not set: no bounce and no complaint is believed"
        advice = "Add the webhook as docs/operators.md says, and copy its verification key"
        yield Finding("events", "warning", "doctor.webhook-unset", text, advice)
        return
    url = f"{ws.settings.web.base_url.rstrip('/')}/hooks/{ws.settings.community.id}/{provider.kind}"
    said = around.ask("POST", url, _JSON, b"[]")
    if fault := judge_door(url, said):
        yield fault
    elif said.status:
        yield from _round(ws, url)


def _round(ws: Workspace, url: str) -> Iterator[Finding]:
    before = _came(ws)
    try:
        with closing(open_provider(ws.settings.provider, ws.settings.secrets, ws.root)) as provider:
            if not isinstance(provider, HookProbed):
                return
            probe = provider.probe_hook(url, ws.settings.provider.webhook_key)
    except ProviderError:
        return  # told with the road out
    waits = not probe.fault and not probe.code
    yield judge_round(url, probe, waits and _heard(ws, before))


def _heard(ws: Workspace, before: frozenset[str]) -> bool:
    for _ in range(round(PATIENCE / LOOK)):
        if _came(ws) - before:
            return True
        time.sleep(LOOK)
    return False


def _came(ws: Workspace) -> frozenset[str]:
    """What was posted and believed of late: as it waits on the disk, and as it was kept apart."""
    with ws.store.read() as connection:
        kept = events.newest(connection, ws.settings.community.id, 50)
    return frozenset([path.name for path in spool_of(ws).waiting()] + [one.fingerprint for one in kept])
