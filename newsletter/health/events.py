"""Judging the hook to which a provider posts events: whether it is reached, lets nobody in unsigned, and is heard."""

from newsletter.model.health import Finding, ok
from newsletter.model.probe import Probe
from newsletter.net.asking import Said


def judge_door(url: str, said: Said) -> Finding | None:
    """What the hook answers to somebody who cannot sign; None where it refuses them, as it must.

    That nobody answers at all is told with the public pages.
    """
    if said.status in (0, 403):
        return None
    if 200 <= said.status < 300:
        text = f"{url} takes what nobody signed ({said.status}): anybody could end your readers' memberships"
        return Finding("events", "error", "doctor.webhook-open", text, "Is it this workspace's server that answers?")
    text = (
        f"{url} answers {said.status}, where an unsigned post is refused by 403: the provider's posts end there too"
    )
    advice = "Let POST /hooks/ pass through the proxy as it is, with bodies of up to 10 MB"
    return Finding("events", "error", "doctor.webhook-status", text, advice)


def judge_round(url: str, probe: Probe, heard: bool) -> Finding:
    """How the provider's test went: asked for, posted, signed, and on our disk."""
    if probe.fault:
        return Finding("events", "error", probe.code, probe.fault, probe.advice)
    if probe.code:
        return Finding("events", "warning", probe.code, probe.text, probe.advice)
    if not heard:
        text = f"The provider posted test events to {url}, and none of them came in signed"
        advice = "Look at what stands before newsletter run: the body must come in byte for byte"
        return Finding("events", "error", "doctor.webhook-silent", text, advice)
    return ok("events", "Events come in: the provider's test went round, signed, and was kept apart")
