"""The form by which somebody joins: read strictly, refused in sentences; what is not chosen is the list's own."""

from collections.abc import Sequence
from dataclasses import dataclass

from newsletter.language.filling import N_
from newsletter.language.languages import words_code
from newsletter.model.joining import Wish
from newsletter.model.workspace import ListSettings
from newsletter.people.address import Address, parse_address
from newsletter.people.preferences import NOT_OFFERED, Refusal, read_zone

#: The field that people do not see: whatever fills it in is no person.
TRAP = "website"
NOT_AN_ADDRESS = N_("We cannot write to this address. Is it typed as in ada@example.org?")


@dataclass(frozen=True, slots=True)
class JoinForm:
    """The form as it was filled in, not looked at yet."""

    list: str = ""
    email: str = ""
    digests: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()
    timezone: str = ""
    language: str = ""
    token: str = ""
    trap: str = ""


def sent_join(fields: Sequence[tuple[str, str]]) -> JoinForm:
    """The form out of a request's names and values; names that are not the form's are passed over."""
    one = dict(reversed(fields))
    return JoinForm(
        list=one.get("list", ""),
        email=one.get("email", ""),
        digests=tuple(value for name, value in fields if name == "digest"),
        topics=tuple(value for name, value in fields if name == "topic"),
        timezone=one.get("timezone", ""),
        language=one.get("language", ""),
        token=one.get("token", ""),
        trap=one.get(TRAP, ""),
    )


def read_join(form: JoinForm, offered: ListSettings, *, how: str, text: str) -> Wish | tuple[Refusal, ...]:
    """What the form asks for, or every reason why it cannot be taken.

    No digest ticked is the list's first; no topic ticked, or all of them, is every topic, those to come included.
    """
    address, zone = parse_address(form.email), read_zone(form.timezone)
    refused = [
        *([Refusal("email", NOT_AN_ADDRESS)] if address.problems else []),
        *([Refusal("digests", NOT_OFFERED["digests"])] if set(form.digests) - set(offered.digests) else []),
        *([Refusal("topics", NOT_OFFERED["topics"])] if set(form.topics) - set(offered.topics) else []),
        *([zone] if isinstance(zone, Refusal) else []),
    ]
    if refused or isinstance(zone, Refusal):
        return tuple(refused)
    return _wish(form, offered, address, zone, how=how, text=text)


def _wish(form: JoinForm, offered: ListSettings, address: Address, zone: str, *, how: str, text: str) -> Wish:
    topics = tuple(name for name in offered.topics if name in form.topics)
    return Wish(
        list=form.list,
        address=address.address,
        key=address.key,
        digests=tuple(name for name in offered.digests if name in form.digests) or offered.digests[:1],
        topics=None if topics in ((), offered.topics) else topics,
        timezone=zone,
        language=words_code(form.language),
        how=how,
        text=text,
    )
