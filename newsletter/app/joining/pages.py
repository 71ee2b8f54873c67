"""The pages on which people join: the form, what comes after it, the confirmation, and the link to own choices."""

from collections.abc import Sequence
from dataclasses import replace

from newsletter.app.joining.api import Document, describe, join_json
from newsletter.app.joining.asking import request
from newsletter.app.joining.confirming import Confirming, confirm, look_up_confirm
from newsletter.app.joining.limits import Verdict
from newsletter.app.joining.offers import NO_LIST, Offer, consent_text, home_language, offer_of, offers
from newsletter.app.page_writing import masked, write_page
from newsletter.app.workspace import Workspace
from newsletter.language.accepting import accepted
from newsletter.language.languages import language_of, words_code
from newsletter.model.joining import Wish
from newsletter.people.joining import form_is_fresh, form_token
from newsletter.people.joining_form import JoinForm, read_join, sent_join
from newsletter.people.preferences import Refusal

Fields = Sequence[tuple[str, str]]
#: The HTTP status of a page, and the page.
Answer = tuple[int, str]
#: How a request came to us, as the proof of consent says it.
PAGE = "page"
TOO_MANY = 429


class JoinPages:
    """What the public web asks of a workspace about people who join.

    `host` is the client's address, `languages` what its browser reads. None is a page that is not there.
    """

    def __init__(self, ws: Workspace) -> None:
        self.ws = ws

    def join_page(self, list_name: str, languages: str) -> str | None:
        """The form of a list, or of the first that people can join; None where there is none."""
        offer = offer_of(self.ws.settings, list_name)
        if offer is None:
            return None
        form = JoinForm(list=offer.name, digests=offer.settings.digests[:1], language=self._spoken(languages))
        return self._form(offer, form)

    def join(self, fields: Fields, host: str, languages: str) -> Answer | None:
        """Take the form down, or show it again: with what is wrong, or because it was not shown by us just now."""
        form = self._sent(fields, languages)
        offer = offer_of(self.ws.settings, form.list)
        if offer is None:
            return None
        form = replace(form, list=offer.name)
        text = consent_text(self.ws.settings, offer, form.language)
        wish = read_join(form, offer.settings, how=PAGE, text=text)
        if not isinstance(wish, Wish):
            return 422, self._form(offer, form, wish)
        if form.trap:
            return 200, self._taken(form, offer)
        if not form_is_fresh(self.ws.keys, form.token, offer.name, self.ws.clock()):
            return 200, self._form(offer, form, again=True)
        verdict = request(self.ws, replace(wish, language=self._own(form.language)), host)
        return self._answer(verdict, form, offer)

    def link_page(self, languages: str) -> str:
        """The form for the link to one's own choices."""
        return self._link(JoinForm(language=self._spoken(languages)))

    def send_link(self, fields: Fields, host: str, languages: str) -> Answer:
        """Take down that somebody wants their link, or show the form again."""
        form = self._sent(fields, languages)
        wish = read_join(replace(form, digests=(), topics=(), timezone=""), NO_LIST, how=PAGE, text="")
        if not isinstance(wish, Wish):
            return 422, self._link(form, wish)
        if form.trap:
            return 200, self._taken(form)
        if not form_is_fresh(self.ws.keys, form.token, "", self.ws.clock()):
            return 200, self._link(form, again=True)
        asked = replace(wish, list="", language=self._own(form.language), kind="link")
        return self._answer(request(self.ws, asked, host), form)

    def confirm_page(self, token: str) -> str | None:
        """The page behind the link of a confirmation mail; None where we did not make it."""
        found = look_up_confirm(self.ws, token)
        return None if found is None else self._confirming(found)

    def confirm(self, token: str, host: str) -> str | None:
        """Make its owner a member, and the page that says so; None as above."""
        found = confirm(self.ws, token, host)
        return None if found is None else self._confirming(found)

    def invalid_page(self) -> str:
        """The page for a link that does not work."""
        return write_page(self.ws, "invalid.html", address="")

    def describe(self, languages: str) -> Document:
        """What can be joined, for a form of somebody else's."""
        return describe(self.ws, languages)

    def join_json(self, document: object, host: str, languages: str) -> tuple[int, Document]:
        """Take a request down that came as JSON."""
        return join_json(self.ws, document, host, languages)

    def _sent(self, fields: Fields, languages: str) -> JoinForm:
        form = sent_join(fields)
        return replace(form, language=words_code(form.language) or self._spoken(languages))

    def _spoken(self, languages: str) -> str:
        return accepted(languages, home_language(self.ws.settings))

    def _own(self, language: str) -> str:
        """What is kept of the page's language: nothing where it is the community's, which may change it."""
        return "" if language == home_language(self.ws.settings) else language

    def _answer(self, verdict: Verdict, form: JoinForm, offer: Offer | None = None) -> Answer:
        if verdict in ("network", "everybody"):
            return TOO_MANY, self._write("busy.html", form, offer)
        return 200, self._taken(form, offer)

    def _taken(self, form: JoinForm, offer: Offer | None = None) -> str:
        confirms = offer.settings.double_opt_in if offer else False
        return self._write(
            "taken.html", form, offer, address=form.email.strip(), joins=bool(offer), confirms=confirms
        )

    def _form(self, offer: Offer, form: JoinForm, refused: tuple[Refusal, ...] = (), *, again: bool = False) -> str:
        settings, gettext = self.ws.settings, language_of(form.language).gettext
        return self._write(
            "subscribe.html",
            form,
            offer,
            again=again,
            problems={refusal.field: gettext(refusal.text) for refusal in refused},
            token=form_token(self.ws.secret, offer.name, self.ws.clock()),
            digests=offer.digests(settings, form.digests),
            topics=offer.topics(settings, form.topics),
            home=settings.community.timezone,
            consent=consent_text(settings, offer, form.language),
            others=[(other.name, other.settings.title) for other in offers(settings) if other.name != offer.name],
            archive=offer.has_archive(settings),
        )

    def _link(self, form: JoinForm, refused: tuple[Refusal, ...] = (), *, again: bool = False) -> str:
        gettext = language_of(form.language).gettext
        return self._write(
            "link.html",
            form,
            again=again,
            problems={refusal.field: gettext(refusal.text) for refusal in refused},
            token=form_token(self.ws.secret, "", self.ws.clock()),
        )

    def _write(self, name: str, form: JoinForm, offer: Offer | None = None, **values: object) -> str:
        title = {"list_title": offer.settings.title} if offer else {}
        return write_page(self.ws, name, form.language, form=form, **title, **values)

    def _confirming(self, found: Confirming) -> str:
        settings = self.ws.settings
        offer = Offer(found.list, settings.lists[found.list])
        return write_page(
            self.ws,
            {"ask": "confirm.html", "done": "confirmed.html", "expired": "expired.html"}[found.status],
            words_code(found.language),
            list_title=offer.settings.title,
            list=found.list,
            joins=offer.settings.sign_up and not offer.settings.address,
            address=masked(found.address) if found.address else "",
            digests=[one for one in offer.digests(settings, found.digests) if one["chosen"]],
            # Relative, so that it holds behind a proxy that serves these pages under a folder.
            preferences_url=f"../p/{found.preferences}",
        )
