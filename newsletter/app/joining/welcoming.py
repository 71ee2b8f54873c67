"""Who joins a list is sent the issue that went out last or a short mail, once, where the list says so."""

from datetime import datetime

from newsletter.app.dispatching import edition_renderer
from newsletter.app.sending.addressing import PREFERENCES
from newsletter.app.sending.planning import SendRefused
from newsletter.app.sending.topping_up import top_up
from newsletter.app.service_mails import ask_for_mail
from newsletter.app.workspace import Workspace
from newsletter.model.service import ServiceMail
from newsletter.store import mailings, subscribers


def welcome(ws: Workspace, subscriber_id: str, list_name: str, now: datetime) -> str:
    """Plan what the list sends to somebody who just became an active member; the key of the issue, if it is one.

    With `welcome = "current-issue"` it is the last issue of the digests they chose, if it is still of use; else, and
    with "mail", a short mail, which the running program sends.
    """
    wanted = ws.settings.lists[list_name].welcome
    key = _send_current(ws, subscriber_id, list_name, now) if wanted == "current-issue" else ""
    if wanted != "none" and not key:
        mail = ServiceMail("welcome", subscriber_id, list_name, PREFERENCES)
        with ws.store.begin() as connection:
            ask_for_mail(connection, ws, mail, now)
    return key


def _send_current(ws: Workspace, subscriber_id: str, list_name: str, now: datetime) -> str:
    key = _current(ws, subscriber_id, list_name)
    if not key:
        return ""
    try:
        planned = top_up(ws, key, edition_renderer(ws, key, now, late=True), now, only={subscriber_id})
    except SendRefused:
        return ""
    return key if planned.pending else ""


def _current(ws: Workspace, subscriber_id: str, list_name: str) -> str:
    """The last issue that went out of the digests they chose."""
    community = ws.settings.community.id
    with ws.store.read() as connection:
        mine = subscribers.subscriptions_of(connection, community, subscriber_id)
        chosen = next((one.digests for one in mine if one.list == list_name and one.state == "active"), ())
        return mailings.last_issue(connection, community, chosen)
