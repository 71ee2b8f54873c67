"""What people can join, and what the form of each list offers them."""

from collections.abc import Container
from dataclasses import dataclass

from newsletter.language.languages import SOURCE, language_of, words_code
from newsletter.model.workspace import ListSettings, Settings

#: What a form without a list offers: nothing to choose.
NO_LIST = ListSettings(title="", digests=())


@dataclass(frozen=True, slots=True)
class Offer:
    """A list that people can join by themselves."""

    name: str
    settings: ListSettings

    def digests(self, settings: Settings, chosen: Container[str]) -> list[dict[str, object]]:
        """Name, title and cadence of each digest, for a page."""
        return [_digest(settings, name, name in chosen) for name in self.settings.digests]

    def topics(self, settings: Settings, chosen: Container[str]) -> list[dict[str, object]]:
        """Name and title of each topic, for a page."""
        known = settings.topics
        return [
            {
                "name": name,
                "title": known[name].title if name in known else name,
                "note": "",
                "chosen": name in chosen,
            }
            for name in self.settings.topics
        ]

    def has_archive(self, settings: Settings) -> bool:
        """Whether earlier issues can be looked at."""
        return any(settings.digests[name].archive for name in self.settings.digests if name in settings.digests)


def offers(settings: Settings) -> tuple[Offer, ...]:
    """Every list that people can join; one that is kept elsewhere is joined there."""
    return tuple(Offer(name, one) for name, one in settings.lists.items() if one.sign_up and not one.address)


def offer_of(settings: Settings, name: str) -> Offer | None:
    """The list of that name, or the first where none is named; None where nobody can join it."""
    return next((one for one in offers(settings) if name in ("", one.name)), None)


def consent_text(settings: Settings, offer: Offer, language: str) -> str:
    """What somebody agrees to by pressing the button: the list's own words, or ours."""
    words = language_of(language or settings.community.language)
    return offer.settings.consent_text or words.gettext(
        "Send me {list}. I can leave with one click.", list=offer.settings.title
    )


def home_language(settings: Settings) -> str:
    """The code of the words that the community's own pages are in."""
    return words_code(settings.community.language) or SOURCE


def _digest(settings: Settings, name: str, chosen: bool) -> dict[str, object]:
    digest = settings.digests.get(name)
    title, note = (digest.title, digest.cadence) if digest else (name, "")
    return {"name": name, "title": title, "note": "" if note == "manual" else note, "chosen": chosen}
