"""What a reader may choose, and the form they choose it with: read strictly, refused in sentences, never guessed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
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
_PLACES = {"all": False, "online": True}
#: Whoever wants a longer rest leaves; a pause nobody remembers is one more address that is dead.
LONGEST_PAUSE = timedelta(days=366)
# Names of the zone table that are no place: the server's own clock, and a machine that was never set up.
_NOWHERE = ("Factory", "localtime")


@dataclass(frozen=True, slots=True)
class Preferences:
    """A reader's choices on one list (`topics` None: all), and how they read; an empty zone or language: ours.

    `pause` is the first day, in the reader's zone, on which mail comes again. `stopped` are series, by id.
    """

    digests: tuple[str, ...]
    topics: tuple[str, ...] | None
    timezone: str
    clock: Literal[12, 24]
    language: str = ""
    density: Literal["full", "compact"] = "full"
    text_only: bool = False
    pause: date | None = None
    online_only: bool = False
    stopped: tuple[str, ...] = ()


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
    pauses: tuple[str, ...] = ()
    places: tuple[str, ...] = ()
    resumed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a field cannot be saved as it is; `empty` where nothing was chosen, which would mean no mail.

    `text` is an English message, to be shown in the reader's language.
    """

    field: Literal[
        "email", "digests", "topics", "timezone", "clock", "language", "density", "format", "pause", "place"
    ]
    text: str
    empty: bool = False


def preferences_of(subscriber: Subscriber, subscription: Subscription, home: str) -> Preferences:
    """What this reader has chosen so far; `home` is the community's zone."""
    return Preferences(
        digests=subscription.digests,
        topics=subscription.topics,
        timezone=subscriber.timezone,
        clock=subscriber.clock,
        language=words_code(subscriber.language),
        density=subscriber.density,
        text_only=subscriber.text_only,
        pause=paused_to(subscriber, subscription, home),
        online_only=subscription.online_only,
        stopped=tuple(one for one, _ in subscription.stopped),
    )


def paused_to(subscriber: Subscriber, subscription: Subscription, home: str) -> date | None:
    """The day on which mail comes again, as the reader's calendar has it; None where there is no pause."""
    zone = find_zone(subscriber.timezone) or find_zone(home)
    return subscription.paused_until.astimezone(zone).date() if subscription.paused_until else None


def filled_form(chosen: Preferences, offered: ListSettings, home: str, today: date) -> PreferencesForm:
    """The form as it stands for these choices; `home` is the community's zone. A pause that is over is none."""
    topics = offered.topics if chosen.topics is None else chosen.topics
    zone, clock = chosen.timezone or home, str(chosen.clock)
    kind = "text" if chosen.text_only else "designed"
    return PreferencesForm(
        digests=chosen.digests,
        topics=topics,
        timezones=(zone,),
        clocks=(clock,),
        languages=(chosen.language,),
        densities=(chosen.density,),
        formats=(kind,),
        pauses=(str(chosen.pause) if chosen.pause and chosen.pause > today else "",),
        places=("online" if chosen.online_only else "all",),
    )


def sent_form(fields: Sequence[tuple[str, str]]) -> PreferencesForm:
    """The form out of a request's names and values; names that are not the form's are passed over."""

    def sent(name: str) -> tuple[str, ...]:
        return tuple(value for key, value in fields if key == name)

    names = ("digest", "topic", "timezone", "clock", "language", "density", "format", "pause", "place", "resume")
    return PreferencesForm(*map(sent, names))


def read_form(
    form: PreferencesForm, offered: ListSettings, now: Preferences, today: date
) -> Preferences | tuple[Refusal, ...]:
    """The choices that a form makes of those there are now, or every reason why it cannot be saved.

    All topics ticked means all, those to come included; topics that were none before may stay so. `today` is the
    reader's date.
    """
    digests = _among(form.digests, offered.digests, "digests")
    topics = _topics(form.topics, offered.topics, now.topics)
    zone, clock, language = _zone(form.timezones), _clock(form.clocks), _language(form.languages, now.language)
    density, text_only = _density(form.densities, now.density), _text_only(form.formats, now.text_only)
    pause, online_only = _pause(form.pauses, now.pause, today), _online_only(form.places, now.online_only)
    if (
        isinstance(digests, Refusal)
        or isinstance(topics, Refusal)
        or isinstance(zone, Refusal)
        or isinstance(clock, Refusal)
        or isinstance(language, Refusal)
        or isinstance(density, Refusal)
        or isinstance(text_only, Refusal)
        or isinstance(pause, Refusal)
        or isinstance(online_only, Refusal)
    ):
        found = (digests, pause, topics, zone, clock, language, density, text_only, online_only)
        return tuple(one for one in found if isinstance(one, Refusal))
    stopped = tuple(one for one in now.stopped if one not in form.resumed)
    return Preferences(digests, topics, zone, clock, language, density, text_only, pause, online_only, stopped)


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
        return Refusal(field, NOT_OFFERED[field])
    if not sent:
        return Refusal(field, _NONE_CHOSEN[field], empty=True)
    return tuple(name for name in offered if name in sent)


_NONE_CHOSEN = {
    "digests": N_("You chose no digest, which would mean no mail at all. Choose at least one, or leave the list."),
    "topics": N_(
        "You chose no topic, which would leave out nearly every event. Choose at least one, or leave the list."
    ),
}
NOT_OFFERED = {
    "digests": N_("One of the digests you sent is not on offer any more. Please choose again."),
    "topics": N_("One of the topics you sent is not on offer any more. Please choose again."),
}


def read_zone(text: str) -> str | Refusal:
    """The zone that was typed; empty for the community's."""
    return _zone((text,))


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


def _pause(sent: tuple[str, ...], now: date | None, today: date) -> date | Refusal | None:
    """The day mail comes again; an empty field is no pause, and a pause that is over stays over."""
    if not sent or not sent[0].strip():
        return None if sent else now
    return read_pause(", ".join(sent), today)


def read_pause(text: str, today: date) -> date | Refusal:
    """The day on which mail is to come again, written as ISO 8601 has it."""
    day = _iso_date(text)
    if day is None:
        return Refusal("pause", N_("Write the day on which mail is to come again as year-month-day: 2027-01-31."))
    if day <= today:
        return Refusal("pause", N_("That day is not to come any more. Choose a later one, or leave the field empty."))
    if day - today > LONGEST_PAUSE:
        return Refusal("pause", N_("A pause may last a year. For longer, leave the list: you can always come back."))
    return day


def _iso_date(text: str) -> date | None:
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        return None


def _online_only(sent: tuple[str, ...], now: bool) -> bool | Refusal:
    if not sent:
        return now
    online_only = _PLACES.get(sent[0]) if len(sent) == 1 else None
    return Refusal("place", N_("Choose all events, or those online.")) if online_only is None else online_only
