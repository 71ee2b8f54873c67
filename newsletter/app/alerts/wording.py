"""An alert in words: a line, a subject, a mail, and the document that is posted."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from newsletter.app.timing import home_zone
from newsletter.app.workspace import Workspace
from newsletter.health.episodes import lasted, words
from newsletter.model.alerting import Episode, Telling
from newsletter.redaction import redact

#: The version of the document that is posted.
SCHEMA = 1


def log_line(one: Telling) -> str:
    """One line, in which no address stands."""
    trouble = one.episode.trouble
    name = f"{trouble.kind} {trouble.subject}".strip()
    if one.turn == "over":
        return f"alert {name} is {words(one.episode)}"
    return f"alert {name}: {trouble.text}. {trouble.advice}"


def mail_subject(ws: Workspace, one: Telling) -> str:
    """What stands in the subject: whose it is, and whether it begins or ends."""
    trouble = one.episode.trouble
    turn = {"began": "Alert", "over": "Over", "test": "Test alert"}[one.turn]
    about = trouble.subject if trouble.kind in ("issue-late", "queue", "unknown") else ""
    return f"{ws.settings.community.name}: {turn}: {_TITLES[trouble.kind]}{f' ({about})' if about else ''}"


def mail_text(ws: Workspace, one: Telling) -> str:
    """What happened with its figures, since when, what to do, and that this is told once."""
    episode, home = one.episode, home_zone(ws)
    trouble = episode.trouble
    if one.turn == "over":
        end = episode.ended_at or episode.last_seen
        return (
            f"It is {words(episode)}.\n\nWhat it was, from {_when(episode.first_seen, home)} to {_when(end, home)}:\n"
            f"{trouble.text}.\n\nNothing is left to do.\n"
        )
    again = "This is told once." if trouble.final else "This is told once; another mail says when it is over."
    return (
        f"{trouble.text}.\n\nSeen since {_when(episode.first_seen, home)}.\n\nWhat to do: {trouble.advice}.\n\n"
        f"{again} newsletter alerts shows what is wrong now.\n"
    )


def document(ws: Workspace, one: Telling) -> dict[str, Any]:
    """What is posted to the webhook (docs/operators.md): `id` is the same however often it is posted.

    It goes to somebody else's server, so no address stands in it.
    """
    community, alert = ws.settings.community, episode_json(one.episode)
    return {
        "version": SCHEMA,
        "id": f"{community.id}-{one.episode.id}-{one.turn}",
        "turn": one.turn,
        "community": {"id": community.id, "name": community.name},
        "alert": alert | {"text": redact(alert["text"])},
    }


def episode_json(one: Episode) -> dict[str, Any]:
    """An episode as data; instants are ISO 8601 in UTC, `ended_at` is null while it lasts."""
    trouble = one.trouble
    return {
        "id": one.id,
        "kind": trouble.kind,
        "subject": trouble.subject,
        "severity": trouble.severity,
        "text": trouble.text,
        "advice": trouble.advice,
        "first_seen": _iso(one.first_seen),
        "last_seen": _iso(one.last_seen),
        "ended_at": _iso(one.ended_at) if one.ended_at else None,
        "lasted_seconds": int(lasted(one).total_seconds()),
        "ending": one.ending,
    }


def _iso(moment: datetime) -> str:
    return moment.isoformat(timespec="seconds")


def _when(moment: datetime, home: ZoneInfo) -> str:
    local = moment.astimezone(home)
    return f"{local:%a} {local.day} {local:%b %Y, %H:%M %Z}"


_TITLES = {
    "issue-late": "an issue has not been sent",
    "no-slot": "a digest has no next issue",
    "held": "sending is held",
    "queue": "mails wait",
    "unknown": "mails are unknown",
    "rate": "too many complaints or bounces",
    "events-silent": "no reports come in",
    "source": "a source has gone quiet",
    "disk": "little room on the disk",
    "joining": "too many sign-ups",
    "events": "a report could not be applied",
    "account": "the provider says something of the account",
    "deadline": "mails are not sent any more",
    "test": "telling works",
}
