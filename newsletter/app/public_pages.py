"""The public pages of one workspace as ready HTML: choosing, asking whether to leave, having left, a broken link."""

from collections.abc import Sequence
from datetime import timedelta

from newsletter.app.owning.choosing import Choosing, choose, look_up_choices
from newsletter.app.owning.leaving import Answer, Leaver, leave, look_up_leave
from newsletter.app.owning.pages import OwnPages
from newsletter.app.page_writing import FOLDER, masked, write_page
from newsletter.app.sending.addressing import LEAVE, PREFERENCES
from newsletter.app.workspace import Workspace
from newsletter.dates.zones import common_zones
from newsletter.language.languages import known_languages, language_of, words_code
from newsletter.people.preferences import PreferencesForm, sent_form
from newsletter.people.tokens import make_token, read_token
from newsletter.store import subscribers

__all__ = ["FOLDER", "PublicPages", "masked"]

#: Characters of a zone's name that are shown again.
LONGEST_ZONE = 200
GONE = ("left", "bounced", "complained", None)


class PublicPages:
    """What the public web asks of a workspace."""

    def __init__(self, ws: Workspace) -> None:
        self.ws = ws
        self._leaver = Leaver(ws)

    def leave_page(self, token: str) -> str | None:
        """The page that asks whether to leave, or says that it is done; None for a token that is not ours."""
        found = look_up_leave(self.ws, token)
        if found is None:
            return None
        name = "left.html" if found.state in GONE else "unsubscribe.html"
        address, language = self._reader(token)
        return self._page(name, language, list_title=found.title, address=address)

    def leave(self, token: str, how: str) -> bool:
        """Leave the list; again is no change. False for a token that is not ours."""
        return leave(self.ws, token, how)

    def leave_soon(self, token: str, how: str, answer: Answer) -> None:
        """Leave along with whoever else does now; `answer` is called from another thread, once it is on disk."""
        self._leaver.ask(token, how, answer)

    def close(self) -> None:
        """Write down who still waits to have left."""
        self._leaver.close()

    def left_page(self, token: str) -> str:
        """The page after leaving."""
        found = look_up_leave(self.ws, token)
        if found is None:
            return self.invalid_page()
        address, language = self._reader(token)
        return self._page("left.html", language, list_title=found.title, address=address)

    def rest(self, token: str) -> str | None:
        """Pause instead of leaving, which the same link may do, and the page that says until when."""
        claim = read_token(self.ws.keys, token, LEAVE)
        if claim is None:
            return None
        own = OwnPages(self.ws)
        pressed = own.press(make_token(self.ws.secret, PREFERENCES, claim.subject, claim.scope), "pause", "", ())
        return pressed[1] if pressed else None

    def preferences_page(self, token: str) -> str | None:
        """The page of a reader's choices, or that they left; None for a token that is not ours."""
        found = look_up_choices(self.ws, token)
        return None if found is None else self._choices_page(token, found)

    def choose(self, token: str, fields: Sequence[tuple[str, str]]) -> tuple[bool, str] | None:
        """Save the choices of a sent form: whether it could be, and the page that says so; None as above."""
        found = choose(self.ws, token, sent_form(fields))
        return None if found is None else (not found.refusals, self._choices_page(token, found))

    def invalid_page(self) -> str:
        """The page for a link that does not work; RenderError where a template is at fault."""
        return self._page("invalid.html", address="")

    def healthy(self) -> bool:
        """Whether the store answers."""
        with self.ws.store.read() as connection:
            subscribers.by_id(connection, self.ws.settings.community.id, "")
        return True

    def _page(self, name: str, language: str = "", /, **values: object) -> str:
        """The page in the reader's language, or the community's where they named none."""
        return write_page(self.ws, name, language, **values)

    def _choices_page(self, token: str, found: Choosing) -> str:
        address = masked(found.address) if found.address else ""
        if found.form is None:
            return self._page("left.html", found.language, list_title=found.title, address=address)
        values = self._choices(token, found, found.form)
        return self._page("preferences.html", found.language, list_title=found.title, address=address, **values)

    def _choices(self, token: str, found: Choosing, form: PreferencesForm) -> dict[str, object]:
        settings, zone = self.ws.settings, form.timezones[-1] if form.timezones else ""
        gettext = language_of(found.language or settings.community.language).gettext
        offered = settings.lists[found.list]
        return {
            "state": found.state,
            "saved": found.saved,
            "problems": {refusal.field: gettext(refusal.text) for refusal in found.refusals},
            "empty": any(refusal.empty for refusal in found.refusals),
            "digests": [self._digest(name, name in form.digests) for name in offered.digests],
            "topics": [self._topic(name, name in form.topics) for name in offered.topics],
            "timezone": zone[:LONGEST_ZONE],
            "zones": sorted(zone.key for zone in common_zones()),
            "home": settings.community.timezone,
            "clock": form.clocks[-1] if form.clocks else "",
            "density": form.densities[-1] if form.densities else "",
            "format": form.formats[-1] if form.formats else "",
            "chosen_language": form.languages[-1] if form.languages else "",
            "languages": self._languages(),
            # Relative, so that it holds behind a proxy that serves these pages under a folder.
            "leave_url": f"../u/{found.leave_token}",
            "link_url": f"{token}/link",
            "pause": form.pauses[-1] if form.pauses else "",
            "tomorrow": str(found.today + timedelta(days=1)) if found.today else "",
            "place": form.places[-1] if form.places else "",
            "stopped": [{"name": one, "title": title, "note": "", "chosen": False} for one, title in found.stopped],
            "zone_chosen": found.zone_chosen,
            "calendar_url": found.calendar_url,
            "webcal_url": "webcal://" + found.calendar_url.partition("://")[2],
        }

    def _languages(self) -> list[tuple[str, str]]:
        """Code and own name of each; the community's stands first, as what is read without choosing."""
        home = words_code(self.ws.settings.community.language)
        names = dict(known_languages())
        return [("", names[home]), *((code, name) for code, name in names.items() if code != home)]

    def _digest(self, name: str, chosen: bool) -> dict[str, object]:
        digest = self.ws.settings.digests.get(name)
        title, note = (digest.title, digest.cadence) if digest else (name, "")
        return {"name": name, "title": title, "note": "" if note == "manual" else note, "chosen": chosen}

    def _topic(self, name: str, chosen: bool) -> dict[str, object]:
        topic = self.ws.settings.topics.get(name)
        return {"name": name, "title": topic.title if topic else name, "note": "", "chosen": chosen}

    def _reader(self, token: str) -> tuple[str, str]:
        """The reader's address, masked, and language: whoever was forwarded the mail learns little from its link."""
        claim = read_token(self.ws.keys, token, LEAVE)
        if claim is None:
            return "", ""
        with self.ws.store.read() as connection:
            person = subscribers.by_id(connection, self.ws.settings.community.id, claim.subject)
        if person is None:
            return "", ""
        return masked(person.address), words_code(person.language) and person.language
