"""Mails that answer one person about their own subscription: asked for in a transaction, sent by the running program.

A web page writes down that a mail is wanted and waits for nothing: neither templates nor SMTP can tell by their time
whether an address was known. `post_service_mails` plans each as a delivery of its own and hands it over.
"""

import itertools
import random
import secrets
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy.engine import Connection

from newsletter.app.bounded_rendering import render_bounded
from newsletter.app.mail_drafting import mail_draft
from newsletter.app.sending.line import Line
from newsletter.app.sending.pump import recover, this_worker
from newsletter.app.timing import home_zone
from newsletter.app.workspace import Workspace
from newsletter.compose.message import compose_message
from newsletter.delivery.planning import delivery_id
from newsletter.language.filling import N_
from newsletter.language.languages import language_in, words_code
from newsletter.model.delivery import Provider
from newsletter.model.issue import Choices, Draft, Issue, Note, Slot, Window
from newsletter.model.ledger import Mailing, Planned, Rendered
from newsletter.model.mail import Edition
from newsletter.model.service import AskedMail, ServiceMail, ServiceMailName
from newsletter.providers.registry import open_provider
from newsletter.store import editions, mailings, service_mails, subscribers

#: Mails planned in one go, so that a wave of requests keeps nobody else waiting for long.
AT_ONCE = 100
#: What was asked for is forgotten after this long; its delivery stays in the ledger.
KEPT = timedelta(days=30)
SUBJECTS: dict[ServiceMailName, str] = {
    "confirm": N_("Please confirm: {list}"),
    "welcome": N_("Welcome to {list}"),
    "goodbye": N_("You have left {list}"),
    "sign_in": N_("Your link for {list}"),
    "own_data": N_("Your data at {list}"),
    "new_address": N_("Is this your address? {list}"),
    "address_changed": N_("Your address for {list} has changed"),
}
#: What an inbox shows behind the subject.
BEGINNINGS: dict[ServiceMailName, str] = {
    "confirm": N_("Somebody, probably you, asked that {list} from {community} come to this address."),
    "welcome": N_("You are on the list: {list} from {community} comes to this address from now on."),
    "goodbye": N_("Was it not you, or a mistake? Sign up again, and confirm the mail that comes then."),
    "sign_in": N_("Somebody, probably you, asked us for the link to what you get from {community}."),
    "own_data": N_("Somebody, probably you, asked us for the link to the data that {community} keeps about you."),
    "new_address": N_("Somebody, probably you, wants {list} from {community} to come to this address from now on."),
    "address_changed": N_(
        "Your address for {list} from {community} was changed. This is the last mail to the old one."
    ),
}


def ask_for_mail(connection: Connection, ws: Workspace, mail: ServiceMail, at: datetime, request: str = "") -> bool:
    """Write down, in the caller's transaction, that this mail is wanted; the running program sends it at once.

    The same `request` is answered once, whoever repeats it and however often; without a name every call is a request
    of its own. False where the request stands already. A list that is not in the settings any more is refused so too.
    """
    if mail.list not in ws.settings.lists:
        return False
    return service_mails.ask(connection, ws.settings.community.id, mail, request or secrets.token_hex(16), at)


def post_service_mails(
    ws: Workspace, jitter: Callable[[], float] = random.random, stopping: Callable[[], bool] = lambda: False
) -> int:
    """Plan what was asked for and hand over what is due; how many batches were handed over.

    `stopping` is asked between two batches.
    ProviderError where the road out cannot be opened, RenderError where a template is at fault: all waits then.
    """
    _plan_asked(ws)
    with ws.store.read() as connection:
        jobs = service_mails.open_mailings(connection, ws.settings.community.id, ws.clock())
    if not jobs:
        return 0
    recover(ws, ws.clock())
    provider = open_provider(ws.settings.provider, ws.settings.secrets, ws.root)
    try:
        return sum(_post(ws, provider, job, jitter, stopping) for job in jobs if not stopping())
    finally:
        provider.close()


def forget_old_requests(ws: Workspace, now: datetime) -> int:
    """Delete what was asked for long ago; how many requests that were."""
    with ws.store.begin() as connection:
        return service_mails.forget_before(connection, ws.settings.community.id, now - KEPT)


def _post(
    ws: Workspace, provider: Provider, job: Mailing, jitter: Callable[[], float], stopping: Callable[[], bool]
) -> int:
    line = Line(ws, provider, job, ws.clock, ws.settings.provider.batch, this_worker("-post"), jitter)
    while line.step():
        if stopping():
            return line.batches
    with ws.store.begin() as connection:
        service_mails.finish(connection, job.id)
    return line.batches


def _plan_asked(ws: Workspace) -> None:
    """Make a delivery of everything that was asked for; who is gone meanwhile gets none, and is forgotten."""
    with ws.store.read() as connection:
        waiting = service_mails.not_planned(connection, ws.settings.community.id, AT_ONCE)
        wanted = {asked.id: _choices(connection, ws, asked.mail) for asked in waiting}
    rendered: dict[tuple[str, Choices], Edition] = {}
    for asked in waiting:
        edition = _edition(ws, asked, wanted[asked.id], rendered)
        with ws.store.begin() as connection:
            if edition is None:
                service_mails.drop(connection, asked.id)
            else:
                _plan(connection, ws, asked, edition)


def _choices(connection: Connection, ws: Workspace, mail: ServiceMail) -> Choices | None:
    """How its reader reads; None where there is no such reader, or no such list, any more."""
    home = ws.settings.community
    person = subscribers.by_id(connection, home.id, mail.subscriber_id)
    if person is None or mail.list not in ws.settings.lists:
        return None
    language = words_code(mail.language) or words_code(person.language) or home.language
    return Choices(home.timezone, language=language, text_only=person.text_only, list=mail.list)


def _edition(
    ws: Workspace, asked: AskedMail, choices: Choices | None, rendered: dict[tuple[str, Choices], Edition]
) -> Edition | None:
    """The mail as its reader gets it; one is rendered for all who read it alike."""
    if choices is None:
        return None
    alike = (mailing_key(asked.mail, _day(ws, asked)), choices)
    if alike not in rendered:
        rendered[alike] = render_bounded(*service_issue(ws, asked.mail, choices, _day(ws, asked)))
    return rendered[alike]


def service_issue(ws: Workspace, mail: ServiceMail, choices: Choices, day: datetime) -> tuple[Issue, Draft]:
    """What is rendered: the same for everybody who reads in this way on that day, and nothing that anybody typed."""
    slot = Slot("", mailing_key(mail, day), day, day, Window(day, day + timedelta(days=1)))
    draft = mail_draft(ws, "service", slot, mail.list, day)
    words = language_in(choices.language, draft.theme)
    names = {"list": draft.list.title, "community": draft.community.name}
    subject, beginning = (words.gettext(one[mail.name], **names) for one in (SUBJECTS, BEGINNINGS))
    note = Note(subject=subject, preheader=beginning)
    draft = replace(draft, note=note, service=mail.name)
    return compose_message(draft, choices), draft


def mailing_key(mail: ServiceMail, day: datetime, number: int = 1) -> str:
    """One mailing for each kind, list and day; who asks again on that day gets a mail of the next number."""
    stem = f"{mail.name.replace('_', '-')}-{mail.list}-{day:%Y-%m-%d}"
    return stem if number == 1 else f"{stem}-{number}"


def _plan(connection: Connection, ws: Workspace, asked: AskedMail, edition: Edition) -> None:
    """Write the delivery, and what it is a delivery of; nothing where another process was quicker."""
    community, mail, day = ws.settings.community.id, asked.mail, _day(ws, asked)
    ids = ((key, delivery_id(community, "service", key, mail.subscriber_id)) for key in _keys(mail, day))
    key, one = next(pair for pair in ids if not service_mails.is_planned(connection, pair[1]))
    if not service_mails.planned(connection, asked.id, one):
        return
    mailing_id = _mailing(connection, community, mail, key, ws.clock())
    if not editions.has(connection, mailing_id, edition.key):
        editions.put(connection, community, mailing_id, {edition.key: Rendered(edition)})
    delivery = Planned(one, mail.subscriber_id, edition.key, list=mail.list)
    mailings.add_deliveries(connection, community, mailing_id, [delivery], ws.clock())


def _keys(mail: ServiceMail, day: datetime) -> Iterator[str]:
    return (mailing_key(mail, day, number) for number in itertools.count(1))


def _mailing(connection: Connection, community: str, mail: ServiceMail, key: str, now: datetime) -> int:
    """The mailing of that key, open for another delivery."""
    found = mailings.find(connection, community, "service", key)
    if found is None:
        return mailings.create(
            connection, community, kind="service", key=key, list_name=mail.list, digest="", content_hash="", at=now
        )
    mailings.move(connection, found.id, "sending")
    return found.id


def _day(ws: Workspace, asked: AskedMail) -> datetime:
    """The beginning of the day on which it was asked for, where the community is at home."""
    return asked.at.astimezone(home_zone(ws)).replace(hour=0, minute=0, second=0, microsecond=0)
