"""What a schema cannot say of guards: that lengths of time can be read, and that the figures make sense together."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from email.utils import parseaddr

from newsletter.dates.spans import parse_span
from newsletter.model.guarding import BY_HAND
from newsletter.model.workspace import Settings
from newsletter.settings.coverage import Fault

Key = tuple[str | int, ...]


def check_guards(settings: Settings) -> Iterator[Fault]:
    """Every fault in [guards], [pace], and what digests say in their place."""
    guards = settings.guards
    yield from _span(("guards", "deadline"), guards.deadline, parse_span)
    yield from _span(("guards", "canary_hold"), guards.canary_hold, _hold)
    yield from _canary(("guards", "canary"), guards.canary)
    for name, digest in settings.digests.items():
        yield from _span(("digests", name, "deadline"), digest.deadline, parse_span)
        yield from _span(("digests", name, "canary_hold"), digest.canary_hold, _hold)
        yield from _canary(("digests", name, "canary"), digest.canary or 0)
    if guards.canary_hold == "":
        text = '`guards.canary_hold` is empty; write a length of time such as "1 hour", or "resume"'
        yield ("guards", "canary_hold"), "settings.guard", text
    yield from _figures(settings)


def _figures(settings: Settings) -> Iterator[Fault]:
    guards = settings.guards
    if any(one < 1 for one in guards.warm_up) or list(guards.warm_up) != sorted(guards.warm_up):
        text = f"`guards.warm_up` must grow from day to day, from 1 or more: {list(guards.warm_up)}"
        yield ("guards", "warm_up"), "settings.guard", text
    if guards.complaints_pause and guards.complaints_alert > guards.complaints_pause:
        text = "`guards.complaints_alert` is above `guards.complaints_pause`: nobody would be told in time"
        yield ("guards", "complaints_alert"), "settings.guard", text
    for domain, most in settings.pace.domains.items():
        if domain != domain.lower() or "@" in domain or most < 0:
            text = f"`pace.domains`: a mail domain in lower case and a number from 0 on, not {domain!r} = {most}"
            yield ("pace", "domains", domain), "settings.guard", text


def _canary(key: Key, wanted: int | tuple[str, ...]) -> Iterator[Fault]:
    name = ".".join(map(str, key))
    if isinstance(wanted, int) and wanted < 0:
        yield key, "settings.guard", f"`{name}` is a number of readers from 0 on, or a list of addresses: {wanted}"
    for address in wanted if isinstance(wanted, tuple) else ():
        if "@" not in parseaddr(address)[1]:
            yield key, "settings.guard", f"`{name}`: {address!r} is not an e-mail address"


def _hold(text: str) -> timedelta | None:
    return None if text == BY_HAND else parse_span(text)


def _span(key: Key, text: str, parse: Callable[[str], object]) -> Iterator[Fault]:
    if not text:
        return
    try:
        parse(text)
    except ValueError as error:
        yield key, "settings.guard", f"`{'.'.join(map(str, key))}`: {error}"
