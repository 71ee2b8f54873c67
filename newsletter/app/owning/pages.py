"""The pages on which readers own their subscription: a button for each small wish, and their data on a fresh link."""

from collections.abc import Sequence

from newsletter.app.owning.fresh_links import (
    TRIES,
    NewAddress,
    Own,
    ask_new_address,
    confirm_new_address,
    erase_own,
    look_up_new_address,
    look_up_own,
    mail_link,
    take_data,
)
from newsletter.app.owning.one_button import Button, look_up_button, press_button
from newsletter.app.page_writing import masked, write_page
from newsletter.app.sending.addressing import LEAVE, PREFERENCES
from newsletter.app.workspace import Workspace
from newsletter.dates.wording import full_day_text
from newsletter.language.languages import language_of, words_code
from newsletter.model.people import Subscriber
from newsletter.people.tokens import make_token, read_token
from newsletter.store import subscribers

Fields = Sequence[tuple[str, str]]
#: A page, and whether what was asked for could be done.
Answer = tuple[bool, str]


class OwnPages:
    """What the public web asks of a workspace about readers' own affairs; None always is a link that is not ours."""

    def __init__(self, ws: Workspace) -> None:
        self.ws = ws

    def button_page(self, token: str, act: str, about: str) -> str | None:
        """The page with the one button of a small link in a mail."""
        found = look_up_button(self.ws, token, act, about)
        return None if found is None else self._button(token, found)

    def press(self, token: str, act: str, about: str, fields: Fields) -> Answer | None:
        """Do what the button says, and the page after it."""
        found = press_button(self.ws, token, act, about, dict(fields).get("pause", ""))
        return None if found is None else (not found.refusal, self._button(token, found))

    def mail_link(self, token: str) -> str | None:
        """Mail a fresh link to the reader of a link from a digest, or of a fresh one that is over."""
        claim = read_token(self.ws.keys, token, PREFERENCES)
        own = None if claim else look_up_own(self.ws, token)
        found = (claim.subject, claim.scope) if claim else (own.claim.subject, own.list) if own else None
        if found is None:
            return None
        subject, list_name = found
        mail_link(self.ws, subject, list_name)
        person = self._person(subject)
        return self._page("link-mailed.html", person, list_name, address=masked(person.address) if person else "")

    def own_page(self, token: str, *, below: bool = False) -> str | None:
        """The page of a reader's own data; `below` its own address, where an act of it was refused."""
        own = look_up_own(self.ws, token)
        return None if own is None else self._own(token, own, below=below)

    def take_data(self, token: str) -> bytes | None:
        """The reader's data as a JSON document; None where the link does not hold for that (any more)."""
        return take_data(self.ws, token)

    def erase(self, token: str, fields: Fields) -> Answer | None:
        """Erase the reader, who ticked that it is meant."""
        own = look_up_own(self.ws, token)
        if own is None:
            return None
        if own.open and ("sure", "yes") not in fields:
            return False, self._own(token, own, unsure=True, below=True)
        done = erase_own(self.ws, token)
        if not done:
            return False, self._own(token, own, below=True)
        return True, self._page("erased.html", own.person, own.list)

    def ask_address(self, token: str, fields: Fields) -> Answer | None:
        """Mail a link to the new address, or say on the same page why not."""
        own = look_up_own(self.ws, token)
        if own is None:
            return None
        typed = dict(fields).get("address", "").strip()
        problem = ask_new_address(self.ws, token, typed)
        if problem is None or problem:
            own = look_up_own(self.ws, token) or own
            return False, self._own(token, own, problem=problem or "", typed=typed, below=True)
        return True, self._page("address-asked.html", own.person, own.list, address=typed)

    def address_page(self, token: str) -> str | None:
        """The page behind the link to a new address."""
        found = look_up_new_address(self.ws, token)
        return None if found is None else self._new_address(found)

    def confirm_address(self, token: str) -> Answer | None:
        """Make the address theirs, and the page after it."""
        found = confirm_new_address(self.ws, token)
        return None if found is None else (found.now, self._new_address(found))

    def invalid_page(self) -> str:
        """The page for a link that does not work."""
        return write_page(self.ws, "invalid.html", address="")

    def _button(self, token: str, found: Button) -> str:
        claim = read_token(self.ws.keys, token, PREFERENCES)
        leave_token = make_token(self.ws.secret, LEAVE, claim.subject, claim.scope) if claim else ""
        language = found.language or self.ws.settings.community.language
        spoken = language_of(language)
        up = "../../../" if found.act == "stop" else "../../"
        return write_page(
            self.ws,
            "button.html",
            found.language,
            list_title=found.list_title,
            address=masked(found.address) if found.address else "",
            act=found.act,
            open=found.open,
            done=found.done,
            title=found.title,
            day=str(found.day or ""),
            day_text=full_day_text(found.day, spoken) if found.day else "",
            problem=spoken.gettext(found.refusal) if found.refusal else "",
            preferences_url=f"{up}p/{token}",
            leave_url=f"{up}u/{leave_token}",
        )

    def _own(
        self, token: str, own: Own, *, unsure: bool = False, problem: str = "", typed: str = "", below: bool = False
    ) -> str:
        spoken = self._language(own.person)
        preferences = make_token(self.ws.secret, PREFERENCES, own.claim.subject, own.list)
        return self._page(
            "mine.html" if own.open else "link-over.html",
            own.person,
            own.list,
            address=own.person.address if own.person else "",
            erased=own.person is None,
            used=sorted(own.used),
            tries_left=len(set(TRIES) - own.used),
            unsure=unsure,
            problem=language_of(spoken).gettext(problem) if problem else "",
            typed=typed[:200],
            # Relative, so that it holds behind a proxy that serves these pages under a folder.
            acts="" if below else f"{token}/",
            preferences_url=f"{'../' if below else ''}../p/{preferences}",
        )

    def _new_address(self, found: NewAddress) -> str:
        return write_page(
            self.ws, "address.html", found.language, address=found.address, now=found.now, open=found.open
        )

    def _page(self, name: str, person: Subscriber | None, list_name: str, /, **values: object) -> str:
        settings = self.ws.settings.lists.get(list_name)
        title = settings.title if settings else self.ws.settings.community.name
        return write_page(self.ws, name, self._language(person), list_title=title, **values)

    def _language(self, person: Subscriber | None) -> str:
        mine = person.language if person and words_code(person.language) else ""
        return mine or self.ws.settings.community.language

    def _person(self, subject: str) -> Subscriber | None:
        with self.ws.store.read() as connection:
            return subscribers.by_id(connection, self.ws.settings.community.id, subject)
