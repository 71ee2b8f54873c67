"""What a reader may choose, and the form they choose it with: read strictly, refused in sentences, never guessed."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from newsletter.dates.zones import find_zone
from newsletter.language.filling import N_
from newsletter.language.languages import known_codes, words_code
from newsletter.model.people import Subscriber, Subscription, SubscriptionState
from newsletter.model.workspace import ListSettings

#: States of a membership in which there is something to choose.
OPEN: tuple[SubscriptionState, ...] = ("pending", "active")
_DENSITIES: dict[str, Literal["full", "compact"]] = {"full": "full", "compact": "compact"}
_FORMATS = {"designed": False, "text": True}
_CLOCKS: dict[str, Literal[12, 24]] = {"12": 12, "24": 24}
# Names of the zone table that are no place: the server's own clock, and a machine that was never set up.
_NOWHERE = ("Factory", "localtime")


@dataclass(frozen=True, slots=True)
class Preferences:
    """A reader's choices on one list (`topics` None: all), and how they read; an empty zone or language: ours."""

    digests: tuple[str, ...]
    topics: tuple[str, ...] | None
    timezone: str
    clock: Literal[12, 24]
    language: str = ""
    density: Literal["full", "compact"] = "full"
    text_only: bool = False


@dataclass(frozen=True, slots=True)
class PreferencesForm:
    """The form as it was filled in: every value sent under each name, not looked at yet."""

    digests: tuple[str, ...]
    topics: tuple[str, ...]
    timezones: tuple[str, ...]
    clocks: tuple[str, ...]
    languages: tuple[str, ...] = ()
    densities: tuple[str, ...] = ()
    formats: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a field cannot be saved as it is; `empty` where nothing was chosen, which would mean no mail.

    `text` is an English message, to be shown in the reader's language.
    """

    field: Literal["digests", "topics", "timezone", "clock", "language", "density", "format"]
    text: str
    empty: bool = False


def preferences_of(subscriber: Subscriber, subscription: Subscription) -> Preferences:
    """What this reader has chosen so far."""
    return Preferences(
        digests=subscription.digests,
        topics=subscription.topics,
        timezone=subscriber.timezone,
        clock=subscriber.clock,
        language=words_code(subscriber.language),
        density=subscriber.density,
        text_only=subscriber.text_only,
    )


def filled_form(chosen: Preferences, offered: ListSettings, home: str) -> PreferencesForm:
    """The form as it stands for these choices; `home` is the community's zone."""
    topics = offered.topics if chosen.topics is None else chosen.topics
    zone, clock = chosen.timezone or home, str(chosen.clock)
    kind = "text" if chosen.text_only else "designed"
    return PreferencesForm(chosen.digests, topics, (zone,), (clock,), (chosen.language,), (chosen.density,), (kind,))


def sent_form(fields: Sequence[tuple[str, str]]) -> PreferencesForm:
    """The form out of a request's names and values; names that are not the form's are passed over."""

    def sent(name: str) -> tuple[str, ...]:
        return tuple(value for key, value in fields if key == name)

    names = ("digest", "topic", "timezone", "clock", "language", "density", "format")
    return PreferencesForm(*map(sent, names))


def read_form(form: PreferencesForm, offered: ListSettings, now: Preferences) -> Preferences | tuple[Refusal, ...]:
    """The choices that a form makes of those there are now, or every reason why it cannot be saved.

    All topics ticked means all, those to come included; topics that were none before may stay so.
    """
    digests = _among(form.digests, offered.digests, "digests")
    topics = _topics(form.topics, offered.topics, now.topics)
    zone, clock, language = _zone(form.timezones), _clock(form.clocks), _language(form.languages, now.language)
    density, text_only = _density(form.densities, now.density), _text_only(form.formats, now.text_only)
    if (
        isinstance(digests, Refusal)
        or isinstance(topics, Refusal)
        or isinstance(zone, Refusal)
        or isinstance(clock, Refusal)
        or isinstance(language, Refusal)
        or isinstance(density, Refusal)
        or isinstance(text_only, Refusal)
    ):
        found = (digests, topics, zone, clock, language, density, text_only)
        return tuple(one for one in found if isinstance(one, Refusal))
    return Preferences(digests, topics, zone, clock, language, density, text_only)


def _topics(
    sent: tuple[str, ...], offered: tuple[str, ...], now: tuple[str, ...] | None
) -> tuple[str, ...] | Refusal | None:
    if not sent and (not offered or now == ()):
        return now
    found = _among(sent, offered, "topics")
    return None if found == offered else found


def _among(
    sent: tuple[str, ...], offered: tuple[str, ...], field: Literal["digests", "topics"]
) -> tuple[str, ...] | Refusal:
    if any(name not in offered for name in sent):
        return Refusal(field, _NOT_OFFERED[field])
    if not sent:
        return Refusal(field, _NONE_CHOSEN[field], empty=True)
    return tuple(name for name in offered if name in sent)


_NONE_CHOSEN = {
    "digests": N_("You chose no digest, which would mean no mail at all. Choose at least one, or leave the list."),
    "topics": N_(
        "You chose no topic, which would leave out nearly every event. Choose at least one, or leave the list."
    ),
}
_NOT_OFFERED = {
    "digests": N_("One of the digests you sent is not on offer any more. Please choose again."),
    "topics": N_("One of the topics you sent is not on offer any more. Please choose again."),
}


def _zone(sent: tuple[str, ...]) -> str | Refusal:
    text = sent[0].strip() if len(sent) == 1 else None
    if text == "":
        return ""
    zone = find_zone(text) if text else None
    # A bare offset knows no summer time, so "+2" would be an hour off for half of the year; a name is asked for.
    if zone is None or zone.key in _NOWHERE or (zone.key.startswith("Etc/GMT") and text != zone.key):
        text = N_("We do not know this time zone. Write one such as Europe/Berlin, or a large city.")
        return Refusal("timezone", text)
    return zone.key


def _clock(sent: tuple[str, ...]) -> Literal[12, 24] | Refusal:
    clock = _CLOCKS.get(sent[0]) if len(sent) == 1 else None
    return clock or Refusal("clock", N_("Choose a clock of 12 or of 24 hours."))


def _language(sent: tuple[str, ...], now: str) -> str | Refusal:
    """What the form does not ask for stays as it is."""
    if not sent:
        return now
    known = len(sent) == 1 and sent[0] in ("", *known_codes())
    return sent[0] if known else Refusal("language", N_("We do not write in this language yet. Please choose again."))


def _density(sent: tuple[str, ...], now: Literal["full", "compact"]) -> Literal["full", "compact"] | Refusal:
    if not sent:
        return now
    density = _DENSITIES.get(sent[0]) if len(sent) == 1 else None
    return density or Refusal("density", N_("Choose how much is told of each event."))


def _text_only(sent: tuple[str, ...], now: bool) -> bool | Refusal:
    if not sent:
        return now
    text_only = _FORMATS.get(sent[0]) if len(sent) == 1 else None
    return Refusal("format", N_("Choose a designed mail or plain text.")) if text_only is None else text_only
