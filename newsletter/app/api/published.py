"""Operations about what anybody may see: topics, lists that can be joined, and the issues that went out."""

from newsletter.app.api import answers
from newsletter.app.api.asked import PublishedQuery
from newsletter.app.api.call import Call, cursor_of, moment_of, place_of
from newsletter.app.api.problems import ApiError
from newsletter.app.archiving.hosting import base_url
from newsletter.app.archiving.issues import Issues, read_issues
from newsletter.app.joining.offers import Offer, consent_text, home_language, offers
from newsletter.app.workspace import Workspace
from newsletter.model.issue import Entry, Section
from newsletter.model.publishing import SentIssue
from newsletter.render.archive.pages import Shown
from newsletter.render.archive.site import page_name
from newsletter.render.links import safe_issue


def topics(call: Call) -> answers.Topics:
    """All topics."""
    settings = call.ws.settings
    place = f"{base_url(settings)}/calendar" if settings.web.calendars else ""
    return answers.Topics(
        topics=[
            answers.Topic(name=name, title=one.title, calendar_url=f"{place}/{name}.ics" if place else None)
            for name, one in settings.topics.items()
        ]
    )


def lists(call: Call) -> answers.Lists:
    """The lists that people can join."""
    return answers.Lists(lists=[_list(call.ws, one) for one in offers(call.ws.settings)])


def _list(ws: Workspace, offer: Offer) -> answers.JoinableList:
    settings = ws.settings
    digests, topics = offer.digests(settings, ()), offer.topics(settings, ())
    return answers.JoinableList(
        name=offer.name,
        title=offer.settings.title,
        digests=[answers.Offered(name=str(one["name"]), title=str(one["title"])) for one in digests],
        topics=[answers.Offered(name=str(one["name"]), title=str(one["title"])) for one in topics],
        double_opt_in=offer.settings.double_opt_in,
        consent_text=consent_text(settings, offer, home_language(settings)),
    )


def issues(call: Call) -> answers.PublishedPage:
    """Published issues, the latest first."""
    query = call.query
    assert isinstance(query, PublishedQuery)
    public = read_issues(call.ws)
    found = [one for one in reversed(public.sent) if query.digest in (None, one.digest)]
    if query.cursor is not None:
        at, key = place_of(query.cursor, 2)
        behind = (moment_of(at), key)
        found = [one for one in found if (one.send_at, one.key) < behind]
    shown = found[: query.limit]
    more = cursor_of(shown[-1].send_at, shown[-1].key) if len(found) > len(shown) else None
    return answers.PublishedPage(issues=[_line(call.ws, public, one) for one in shown], next=more)


def _line(ws: Workspace, public: Issues, one: SentIssue) -> answers.PublishedLine:
    line = public.line(one)
    return answers.PublishedLine(
        key=one.key,
        digest=one.digest,
        title=line.title,
        number=line.number,
        subject=line.subject,
        preheader=line.preheader,
        sent_at=one.send_at,
        web_url=f"{base_url(ws.settings)}/archive/{page_name(one.key)}",
    )


def issue(call: Call) -> answers.PublishedIssue:
    """One published issue with its entries."""
    public, key = read_issues(call.ws), call.path["key"]
    shown = public.shown(key)
    if shown is None:
        raise ApiError("not-found", f"no issue {key!r} is published")
    line = _line(call.ws, public, public.by_key[key])
    return _issue(line, shown)


def _issue(line: answers.PublishedLine, shown: Shown) -> answers.PublishedIssue:
    found = safe_issue(shown.issue)
    return answers.PublishedIssue(
        **line.model_dump(),
        timezone=found.choices.timezone,
        window_start=found.window.start,
        window_end=found.window.end,
        sections=[_section(one) for one in found.sections],
    )


def _section(one: Section) -> answers.PublishedSection:
    return answers.PublishedSection(kind=one.kind, title=one.title, entries=[_entry(entry) for entry in one.entries])


def _entry(one: Entry) -> answers.PublishedEntry:
    return answers.PublishedEntry(
        id=one.id,
        title=one.title,
        change=one.change or None,
        when_text=one.when_text,
        at=one.at or one.day,
        place=one.place,
        cancelled=one.cancelled,
        exceptions=list(one.exceptions),
        topic=one.topic or None,
        url=one.url,
        registration_url=one.registration_url,
    )
