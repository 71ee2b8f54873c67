"""Joining as JSON, for sites that host their own form: the same offers, guards and answers as the page."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from newsletter.app.joining.asking import request
from newsletter.app.joining.offers import Offer, consent_text, home_language, offer_of, offers
from newsletter.app.workspace import Workspace
from newsletter.language.accepting import accepted
from newsletter.language.languages import language_of, words_code
from newsletter.model.joining import Wish
from newsletter.people.joining import form_is_fresh, form_token
from newsletter.people.joining_form import read_join, sent_join
from newsletter.people.preferences import Refusal

API = "api"
#: The names of one value, and those of several, that a document may have, with what the form calls them.
ONE = ("list", "email", "timezone", "language", "token")
SEVERAL = {"digests": "digest", "topics": "topic"}
MOST = 100

Document = Mapping[str, Any]


def describe(ws: Workspace, languages: str) -> Document:
    """What can be joined, each list with a token that a request for it needs."""
    language = accepted(languages, home_language(ws.settings))
    return {"lists": [_offer(ws, one, language) for one in offers(ws.settings)]}


def join_json(ws: Workspace, document: object, host: str, languages: str) -> tuple[int, Document]:
    """Take a request down; the answer is the same whether the address is known, new or suppressed."""
    fields = _fields(document)
    if fields is None:
        return 400, {"status": "malformed", "message": "send one JSON object, as the documentation shows"}
    form = sent_join(fields)
    offer = offer_of(ws.settings, form.list)
    if offer is None:
        return 404, {"status": "unknown-list", "message": f"nobody can join a list {form.list!r}"}
    language = words_code(form.language) or accepted(languages, home_language(ws.settings))
    wish = read_join(form, offer.settings, how=API, text=consent_text(ws.settings, offer, language))
    if not isinstance(wish, Wish):
        return 422, {"status": "invalid", "problems": [_problem(one, language) for one in wish]}
    if not form_is_fresh(ws.keys, form.token, offer.name, ws.clock()):
        fresh = form_token(ws.secret, offer.name, ws.clock())
        return 409, {
            "status": "token",
            "message": "use this token, a second from now at the earliest",
            "token": fresh,
        }
    return _take_down(ws, wish, offer, language, host)


def _take_down(ws: Workspace, wish: Wish, offer: Offer, language: str, host: str) -> tuple[int, Document]:
    own = "" if language == home_language(ws.settings) else language
    if request(ws, replace(wish, list=offer.name, language=own), host) in ("network", "everybody"):
        return 429, {"status": "too-many", "message": "too many requests; try again in an hour"}
    return 202, {"status": "accepted", "confirms": offer.settings.double_opt_in}


def _offer(ws: Workspace, offer: Offer, language: str) -> Document:
    return {
        "name": offer.name,
        "title": offer.settings.title,
        "consent_text": consent_text(ws.settings, offer, language),
        "double_opt_in": offer.settings.double_opt_in,
        "digests": [{"name": one["name"], "title": one["title"]} for one in offer.digests(ws.settings, ())],
        "topics": [{"name": one["name"], "title": one["title"]} for one in offer.topics(ws.settings, ())],
        "token": form_token(ws.secret, offer.name, ws.clock()),
    }


def _fields(document: object) -> Sequence[tuple[str, str]] | None:
    """The document as the names and values of a form; None where it is not of the documented shape."""
    if not isinstance(document, dict) or set(document) - {*ONE, *SEVERAL}:
        return None
    single = [(name, document[name]) for name in ONE if name in document]
    lists = [(SEVERAL[name], document[name]) for name in SEVERAL if name in document]
    if not all(isinstance(value, list) and len(value) <= MOST for _, value in lists):
        return None
    fields = [*single, *((name, one) for name, value in lists for one in value)]
    return fields if all(isinstance(value, str) for _, value in fields) else None


def _problem(refusal: Refusal, language: str) -> Document:
    return {"field": refusal.field, "message": language_of(language).gettext(refusal.text)}
