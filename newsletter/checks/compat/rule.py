"""The rule: no feature that a mail program which matters here does not have, unless nothing is lost without it.

What MJML writes by itself is no author's doing and is left out. Data: caniemail.com, MIT, (c) Remi Parmentier.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from newsletter.checks.compat.features import features_of
from newsletter.checks.subject import HTML, Finding, MailRule, Subject, tag_of

TABLE = Path(__file__).with_name("caniemail.json")

#: What MJML's own components use; whoever writes a template cannot change it.
BASELINE = frozenset(
    {
        *("css-at-media", "css-background-position", "css-background-repeat", "css-background-size"),
        *("css-border-radius", "css-border-spacing", "css-cursor", "css-display-none", "css-float", "css-height"),
        *("css-max-height", "css-opacity", "css-outline", "css-overflow", "css-pseudo-class-checked"),
        *("css-selector-general-sibling", "css-table-layout", "css-text-decoration", "css-user-select"),
        *("css-visibility", "css-word-break", "css-word-spacing", "html-aria-label", "html-background"),
        *("html-dir", "html-height", "html-lang", "html-role", "html-target", "html-width"),
    }
)
#: What may be missing without loss, and what is seen then.
GRACEFUL: Mapping[str, str] = {
    "css-at-media-prefers-color-scheme": "the light scheme, or the program's own dark one",
    "css-at-media-prefers-reduced-motion": "nothing moves in a mail anyway",
    "css-box-shadow": "no shadow",
    "css-box-sizing": "a box that is wider by its padding, in programs that are on no telephone",
    "css-color-scheme": "as with prefers-color-scheme",
    "css-hyphens": "words are not parted",
    "css-orphans": "nothing, but on paper",
    "css-pseudo-class-active": "the link as it is",
    "css-pseudo-class-focus": "the program's own ring",
    "css-pseudo-class-hover": "the link as it is",
    "css-text-decoration-color": "a line in the colour of the words",
    "css-text-decoration-skip-ink": "a line through the descenders",
    "css-text-decoration-thickness": "a line of usual thickness",
    "css-text-underline-offset": "a line nearer to the words",
    "css-text-wrap": "lines of uneven length",
    "css-transition": "a change at once",
    "css-white-space": "words may wrap",
    "css-widows": "nothing, but on paper",
    "html-abbr": "no explanation on hovering",
    "html-aria-hidden": "an ornament is read out",
    "html-bdi": "the direction of the sentence around it",
    "html-small": "letters of usual size",
    "html-wbr": "one place fewer to break a word",
}


@dataclass(frozen=True)
class Support:
    """The distilled table: by "kind name", the feature and the clients that do not have it."""

    date: str
    clients: tuple[str, ...]
    names: Mapping[str, str]
    lacking: Mapping[str, tuple[str, tuple[str, ...]]]

    def name_of(self, client: str) -> str:
        """A client in words: "Outlook (Windows)"."""
        family, _, platform = client.partition(".")
        words = self.names.get(family, family)
        return f"{words} ({self.names.get(platform, platform)})" if platform else words

    def wanted(self, names: Sequence[str]) -> frozenset[str]:
        """The clients that these names mean: a family, or one of its platforms."""
        return frozenset(one for one in self.clients if one in names or one.partition(".")[0] in names)


@cache
def support() -> Support:
    """The table that the package carries."""
    table = json.loads(TABLE.read_text(encoding="ascii"))
    clients = tuple(table["clients"])
    lacking = {
        find: (slug, tuple(clients[number] for number in feature["no"]))
        for slug, feature in table["features"].items()
        for find in feature["finds"]
    }
    return Support(table["date"], clients, table["names"], lacking)


def unsupported(subject: Subject) -> Iterator[Finding]:
    """Each feature once, at the first element that uses it."""
    table = support()
    wanted = _wanted(subject.around.settings.clients)
    for find, element in features_of(subject.page).items():
        slug, clients = table.lacking.get(find, ("", ()))
        without = [one for one in clients if one in wanted]
        if without and slug not in BASELINE and slug not in GRACEFUL:
            programs = ", ".join(map(table.name_of, without))
            text = (
                f"{find.partition(' ')[2]!r} ({find.partition(' ')[0]}) is not known to {programs}; do without it, "
                f"see https://www.caniemail.com/features/{slug}/ (data of {table.date})"
            )
            yield Finding(text, HTML, element=tag_of(element) if element else "<style>")


@cache
def _wanted(names: tuple[str, ...]) -> frozenset[str]:
    return support().wanted(names)


RULES = (
    MailRule(
        "html.compat",
        "warning",
        "Nothing that the mail programs of `checks.clients` do not have",
        "Do without it, or name the programs that matter in [checks] of config.toml",
        unsupported,
    ),
)
