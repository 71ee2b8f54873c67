"""Who gets a digest, and what makes their mail theirs."""

from newsletter.language.languages import words_code
from newsletter.model.issue import Choices
from newsletter.model.people import Subscriber, Subscription
from newsletter.model.workspace import Community, ListSettings


def wants(subscription: Subscription, digest: str) -> bool:
    """Whether this membership is to be sent the digest."""
    return subscription.state == "active" and digest in subscription.digests


def choices_for(
    subscriber: Subscriber, subscription: Subscription, community: Community, list_settings: ListSettings
) -> Choices:
    """The reader's choices in a form in which equal wishes are equal values, so that they share an edition.

    Topics stand in the list's order, without those it no longer offers; a reader who named no zone, or no
    language we have words for, reads in the community's.
    """
    return Choices(
        timezone=subscriber.timezone or community.timezone,
        topics=_topics(subscription.topics, list_settings.topics),
        clock=subscriber.clock,
        language=subscriber.language if words_code(subscriber.language) else community.language,
        density=subscriber.density,
        text_only=subscriber.text_only,
        stopped=tuple(sorted(one for one, _ in subscription.stopped)),
        online_only=subscription.online_only,
    )


def _topics(chosen: tuple[str, ...] | None, offered: tuple[str, ...]) -> tuple[str, ...] | None:
    return None if chosen is None else tuple(topic for topic in offered if topic in chosen)
