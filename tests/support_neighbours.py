"""Three communities in one store: other zones, cadences and languages, and some of the same people in all of them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from shutil import copytree

from newsletter.app.importing.subscribers_file import import_bytes
from newsletter.app.sample import sample_root
from newsletter.app.workspace import Workspace, open_workspace

CONFIG = """
[community]
id = "{id}"
name = "{name}"
url = "https://{id}.example.org"
timezone = "{zone}"
city = "{city}"
postal_address = "1 Square of {name}"
language = "{language}"
{community}

[sender]
address = "{name} <post@{id}.example.org>"

[[sources]]
name = "programme"
format = "csv"
path = "content/programme.csv"
naive = "{zone}"
defaults = {{ tags = ["talk"] }}

[sources.fields]
id = "No"
title = "Title"
start = "Start"
end = "End"
place = "Where"
summary = "What"

[digests.{digest}]
title = "{name} post"
list = "{list}"
cadence = "{cadence}"
window = "{window}"
draft = "1 day before"
theme = "hours"
review = "automatic"
archive = true
catch_up = "send-late up to 6 days"

[editors]
notify = ["editor@{id}.example.org"]

[sign_in]
editors = ["editor@{id}.example.org"]
operators = ["operator@{id}.example.org"]

[provider]
kind = "outbox"
{provider}

[store]
url = "{store}"

[web]
base_url = "{base_url}"
port = {port}
monitor_port = {monitor_port}
{more}
"""
LISTS = """
[topics.{topic}]
title = "{topic_title}"
tags = ["talk"]

[lists.{list}]
title = "{name} members"
digests = ["{digest}"]
topics = ["{topic}"]
consent_text = "Send me the post of {name}."
"""


@dataclass(frozen=True)
class Neighbour:
    """One community; `word` stands in everything that is its own, and in nothing of the others."""

    id: str
    word: str
    zone: str
    city: str
    language: str
    cadence: str
    window: str
    base_url: str
    own: tuple[str, ...]

    @property
    def name(self) -> str:
        return f"{self.word} Circle"

    @property
    def digest(self) -> str:
        return f"{self.word.lower()}-letter"

    @property
    def list(self) -> str:
        return f"{self.word.lower()}-friends"

    @property
    def topic(self) -> str:
        return f"{self.word.lower()}-talks"


#: In all three.
SHARED = ("ada@everywhere.example.org", "grace@everywhere.example.org", "mary@everywhere.example.org")
LAB = Neighbour(
    "data-lab", "Cascadia", "America/Los_Angeles", "Seattle", "en", "weekly on Friday at 09:00",
    "7 days from next Monday", "https://cascadia.example.org",
    ("ana@lab-people.example.org", "ben@lab-people.example.org"),
)  # fmt: skip
CHOIR = Neighbour(
    "choir", "Rheinklang", "Europe/Berlin", "Basel", "de", "monthly on first Monday at 07:30", "month",
    "https://houses.example.org/rheinklang", ("clara@choir-people.example.org", "dirk@choir-people.example.org"),
)  # fmt: skip
MAKERS = Neighbour(
    "makers", "Akihabara", "Asia/Tokyo", "Tokyo", "ja", "every 2 weeks on Wednesday at 18:00", "14 days",
    "https://houses.example.org/akihabara", ("emi@maker-people.example.org", "fumi@maker-people.example.org"),
)  # fmt: skip
NEIGHBOURS = (LAB, CHOIR, MAKERS)
FIRST, LAST = date(2026, 9, 28), date(2027, 1, 10)


def write(root: Path, one: Neighbour, store: str, port: int = 0, **more: str) -> Path:
    """The community's folder below `root`; `more` goes into its config."""
    place = root / one.id
    (place / "content").mkdir(parents=True)
    (place / "subscribers").mkdir()
    copytree(sample_root() / "templates", place / "templates")
    values = {"community": "", "provider": "", "more": "", "monitor_port": "0", **more}
    values = {"digest": one.digest, "list": one.list, "topic": one.topic, "name": one.name, **values}
    plain = {name: getattr(one, name) for name in ("id", "zone", "city", "language", "cadence", "window")}
    config = CONFIG.format(store=store, port=port, **{"base_url": one.base_url, **plain, **values})
    (place / "config.toml").write_text(config, encoding="utf-8")
    (place / "subscribers" / "lists.toml").write_text(
        LISTS.format(topic_title=f"{one.word} talks", **values), encoding="utf-8"
    )
    (place / "content" / "programme.csv").write_text(programme(one), encoding="utf-8")
    return place


def programme(one: Neighbour) -> str:
    """An event each Tuesday and Saturday."""
    rows = ["No,Title,Start,End,Where,What"]
    day = FIRST
    while day < LAST:
        if day.weekday() in (1, 5):
            number = (day - FIRST).days
            title = f"{one.word} evening {number}"
            rows.append(f"{one.id}-{number},{title},{day} 18:00,{day} 19:30,{one.word} Hall,Bring a {one.word} cup.")
        day += timedelta(days=1)
    return "\n".join(rows) + "\n"


def store_url(root: Path) -> str:
    """The one store of all, beside their folders."""
    return f"sqlite:///{root}/shared/newsletter.db"


def with_members(ws: Workspace, one: Neighbour) -> None:
    """The community's own people, and those who are in all three."""
    rows = "\n".join(("email", *one.own, *SHARED))
    import_bytes(ws, rows.encode(), "members.csv", one.list)


def neighbourhood(root: Path, environ: Mapping[str, str], clock: Callable[[], datetime]) -> dict[str, Workspace]:
    """All three with their members, by id, in one store."""
    found = {}
    for one in NEIGHBOURS:
        place = write(root, one, store_url(root))
        found[one.id] = ws = open_workspace(place, environ, clock)
        with_members(ws, one)
    return found
