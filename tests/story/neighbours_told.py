"""Everything that a community tells anybody, and what of it only its own may see."""

import json
import re
from datetime import UTC, datetime

import sqlalchemy as sa
from neighbours_crawl import Program, crawl, signed_in
from neighbours_quarter import Quarter
from support_neighbours import CHOIR, LAB, MAKERS, SHARED, Neighbour

from newsletter.app.alerting import alerts_since
from newsletter.app.exporting import export_csv, export_jsonl
from newsletter.app.numbers.counting import today
from newsletter.app.observing.exposition import exposition
from newsletter.app.sending.auditing import audit_json, audit_mailing
from newsletter.app.sending.control import overview, status
from newsletter.app.signing_in.sessions import sign_ins_since
from newsletter.app.workspace import Workspace
from newsletter.model.numbers import Number
from newsletter.store import deeds, numbers
from newsletter.store.tables import metadata

_, GRACE, _ = SHARED
#: How often a page of each was asked for: figures that stand nowhere else.
COUNTS = {LAB.id: 7411, CHOIR.id: 8522, MAKERS.id: 9633}


def needles(quarter: Quarter, one: Neighbour) -> set[str]:
    """What only this community's own may say: its words, its people, and the ids of its rows."""
    ids: set[str] = set()
    with quarter.ws(one).store.read() as connection:
        for name in ("subscriber", "delivery", "attempt"):
            table = metadata.tables[name]
            ids |= set(connection.execute(sa.select(table.c.id).where(table.c.community == one.id)).scalars())
    assert len(ids) > 8
    count = COUNTS[one.id]
    home = one.own[0].partition("@")[2]
    return {
        one.word,
        one.word.lower(),
        *one.own,
        f"@{home}",
        f"@{one.id}.example.org",
        str(count),
        f"{count:,}",
        *ids,
    }


def shows(text: str, word: str) -> bool:
    """Whether a text says the word; a number by itself, since four digits stand in many a random token."""
    if not word[0].isdigit() or not word.replace(",", "").isdigit():
        return word in text
    return word in text and re.search(rf"(?<![\w-]){word}(?![\w-])", text) is not None


def put_counts(quarter: Quarter, one: Neighbour) -> None:
    """Have a page of the community asked for so often as none of another's was."""
    ws, key = quarter.ws(one), keys_sent(quarter.ws(one))[-1]
    with ws.store.begin() as connection:
        numbers.add(connection, one.id, [Number(today(ws), "web copy", key, COUNTS[one.id])])


def told(quarter: Quarter, one: Neighbour, studio: int) -> dict[str, str]:
    """Everything that a community tells anybody, by where it stands; of the studio, so many pages at most."""
    ws, long_ago = quarter.ws(one), datetime(2020, 1, 1, tzinfo=UTC)
    keys = [row["key"] for row in overview(ws)]
    found = {
        "mails": json.dumps(quarter.mails(one), ensure_ascii=False),
        "csv": "".join(export_csv(ws)),
        "jsonl": "".join(export_jsonl(ws)),
        "overview": json.dumps(overview(ws), default=str),
        "status": json.dumps([status(ws, key) for key in keys], default=str),
        "audit": json.dumps([audit_json(audit_mailing(ws, key)) for key in keys_sent(ws)], default=str),
        "alerts": repr(alerts_since(ws, long_ago)),
        "deeds": repr(deeds_of(ws)),
        "sign-ins": repr(sign_ins_since(ws, long_ago)),
        "metrics": exposition(*quarter.shifts[one.id].observer.figures()).decode(),
    }
    return {**found, **pages(quarter, one), **files(quarter, one), **inside(quarter, one, studio)}


def inside(quarter: Quarter, one: Neighbour, studio: int) -> dict[str, str]:
    """What operators, editors and programs of the community see, and what anybody finds from its public pages."""
    operator, editor = (signed_in(quarter, one, role) for role in ("operator", "editor"))
    found = {
        **crawl(quarter, one, "/operator/", **operator),
        **crawl(quarter, one, "/studio/", most=studio, **editor),
        **crawl(quarter, one, "/archive/", "/subscribe", "/link", f"/archive/{one.digest}.html", "/sign-in"),
        **Program(quarter, one).reads(named(quarter, one)),
    }
    word = str(COUNTS[one.id])
    assert word in found["GET /numbers"]
    assert one.word in found["/operator/"]
    assert len([path for path in found if path.startswith("/operator/issues/")]) > 5
    return found


def named(quarter: Quarter, one: Neighbour) -> dict[str, list[str]]:
    """What the paths of its API may name, by the name of the place."""
    ws = quarter.ws(one)
    person = metadata.tables["subscriber"]
    with ws.store.read() as connection:
        ids = connection.execute(sa.select(person.c.id).where(person.c.community == one.id)).scalars().all()
    return {"id": sorted(ids), "list": [one.list], "key": keys_of(ws), "digest": [one.digest]}


def keys_of(ws: Workspace) -> list[str]:
    return [row["key"] for row in overview(ws)]


def deeds_of(ws: Workspace) -> list[object]:
    with ws.store.read() as connection:
        return list(deeds.lines(connection, ws.settings.community.id))


def keys_sent(ws: Workspace) -> list[str]:
    return [row["key"] for row in overview(ws) if row["state"] == "sent"]


def pages(quarter: Quarter, one: Neighbour) -> dict[str, str]:
    last = keys_sent(quarter.ws(one))[-1]
    paths = ["/subscribe", "/link", "/archive/", f"/archive/{one.digest}.html", f"/archive/{last}.html"]
    paths += ["/calendar/everything.ics", f"/calendar/{one.topic}.ics", "/api/subscribe", "/u/nothing", "/sign-in"]
    for address in (one.own[1], GRACE):
        paths += list(quarter.links(one, address).values())
    found = {path: quarter.ask(one, path) for path in paths}
    assert [path for path, (code, _) in found.items() if code >= 500] == []
    assert [found[path][0] for path in paths[:8]] == [200] * 8
    assert one.word in found["/subscribe"][1]
    return {path: page for path, (_, page) in found.items()}


def files(quarter: Quarter, one: Neighbour) -> dict[str, str]:
    root = quarter.ws(one).root
    inside = (path for path in root.rglob("*") if path.is_file() and "templates" not in path.parts)
    return {str(path): path.read_text(encoding="utf-8", errors="replace") for path in inside}
