"""Who gets a digest, and what makes their mail theirs."""

from newsletter.language.languages import words_code
from newsletter.model.issue import Choices
from newsletter.model.people import Subscription, Wishes
from newsletter.model.workspace import Community, ListSettings


def wants(subscription: Subscription, digest: str) -> bool:
    """Whether this membership is to be sent the digest."""
    return subscription.state == "active" and digest in subscription.digests


def choices_for(wishes: Wishes, community: Community, list_settings: ListSettings) -> Choices:
    """The reader's choices in a form in which equal wishes are equal values, so that they share an edition.

    Topics stand in the list's order, without those it no longer offers; a reader who named no zone, or no
    language we have words for, reads in the community's.
    """
    return Choices(
        timezone=wishes.timezone or community.timezone,
        topics=_topics(wishes.topics, list_settings.topics),
        clock=wishes.clock,
        language=wishes.language if words_code(wishes.language) else community.language,
        density=wishes.density,
        text_only=wishes.text_only,
        stopped=tuple(sorted(wishes.stopped)),
        online_only=wishes.online_only,
    )


def _topics(chosen: tuple[str, ...] | None, offered: tuple[str, ...]) -> tuple[str, ...] | None:
    return None if chosen is None else tuple(topic for topic in offered if topic in chosen)
