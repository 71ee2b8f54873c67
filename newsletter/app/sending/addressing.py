"""From a claimed delivery to the recipient's row of a batch: addresses, links and slot values."""

from collections.abc import Mapping
from dataclasses import dataclass

from newsletter.app.list_addresses import PREFIX
from newsletter.app.workspace import Workspace
from newsletter.delivery.planning import message_id, sender_domain
from newsletter.delivery.return_path import return_path
from newsletter.model.ledger import Due, Mailing
from newsletter.model.mail import Row
from newsletter.model.service import OF_THE_LIST
from newsletter.people.fresh import ADDRESS, MINE
from newsletter.people.tokens import make_token, token_maker

#: What a leave link's token is for; a token made for anything else does not leave a list.
LEAVE = "leave"
#: What a link that confirms a sign-up is for; it holds for one request and seven days.
CONFIRM = "confirm"
#: What the link to the preferences page is for; it leaves nothing, and a leave link does not open that page.
PREFERENCES = "preferences"
#: Where the one link of a service mail leads, by what it is for.
PATHS: Mapping[str, str] = {CONFIRM: "confirm", LEAVE: "u", PREFERENCES: "p", MINE: "mine", ADDRESS: "address"}


@dataclass(frozen=True, slots=True)
class Addressing:
    """What the links of one mailing's messages are made of; `left_at` is where lists are left that others keep.

    `mailbox` is the address that is left by mail; `bounces` where failures are reported, in a way of its own for each
    mail with `verp`.
    """

    secret: bytes
    base_url: str
    domain: str
    mailing: Mailing
    left_at: Mapping[str, str]
    mailbox: str = ""
    bounces: str = ""
    verp: bool = False

    def row(self, due: Due) -> Row:
        """The recipient's row; equal however often the delivery is tried. A whole list gets no token at all."""
        shared = due.subscriber_id.startswith(PREFIX)
        elsewhere = self.left_at.get(due.list, "") if self.left_at else ""
        unsubscribe_url = elsewhere or f"{self.base_url}/u/{self._token(LEAVE, due)}"
        values = {
            "unsubscribe_url": unsubscribe_url,
            "preferences_url": "" if shared else f"{self.base_url}/p/{self._token(PREFERENCES, due)}",
            "web_url": f"{self.base_url}/archive/{self.mailing.key}.html",
            "action_url": self._action(due) if due.service else "",
            "name": due.name,
            "address": due.address,
        }
        return Row(
            delivery_id=due.delivery_id,
            address=due.address,
            message_id=message_id(due.delivery_id, self.domain),
            unsubscribe_url=unsubscribe_url if not due.service or due.service in OF_THE_LIST else "",
            values=values,
            name=due.name,
            one_click=not elsewhere,
            unsubscribe_mailto=self._mailto(due) if self.mailbox and not elsewhere else "",
            return_path=self._return_path(due) if self.verp else self.bounces,
        )

    def _return_path(self, due: Due) -> str:
        return return_path(self.bounces, due.delivery_id, self.secret)

    def _mailto(self, due: Due) -> str:
        """Leaving by mail, for programs that know no better; only where somebody reads that mailbox."""
        return f"mailto:{self.mailbox}?subject=leave%20{self._token(LEAVE, due)}"

    def _action(self, due: Due) -> str:
        """The one link of a service mail."""
        if not due.purpose:
            return f"{self.base_url}/subscribe"
        token = make_token(self.secret, due.purpose, due.subscriber_id, due.scope or due.list)
        return f"{self.base_url}/{PATHS[due.purpose]}/{token}"

    def _token(self, purpose: str, due: Due) -> str:
        return token_maker(self.secret, purpose)(due.subscriber_id, due.list)


def addressing_for(ws: Workspace, mailing: Mailing) -> Addressing:
    """The links and domain of this workspace's mails; ValueError where the sender's address has no domain."""
    base_url = ws.settings.web.base_url.rstrip("/")
    left_at = {name: entry.leave_url for name, entry in ws.settings.lists.items() if entry.leave_url}
    mailbox = ws.settings.mailbox.address if ws.settings.mailbox.kind else ""
    domain, bounces = sender_domain(ws.settings.sender.address), ws.settings.bounces
    return Addressing(
        ws.secret,
        base_url,
        domain,
        mailing,
        left_at,
        mailbox,
        bounces=bounces.address,
        verp=bounces.verp and bool(bounces.address),
    )
