"""Distils caniemail's data into the table of the rule: `python -m newsletter.checks.compat.distilling DATA.json`.

DATA.json is https://www.caniemail.com/api/data.json, or the copy that the npm package `caniemail` carries.
"""

import json
import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

TABLE = Path(__file__).with_name("caniemail.json")
LICENCE = "MIT, (c) Remi Parmentier, https://github.com/hteumeuleu/caniemail"
#: Features that a rule of their own is about, and words of values, which are not looked at.
LEFT_OUT = frozenset(
    {
        *("css-at-font-face", "css-at-import", "html-form", "html-link", "html-object", "html-svg", "html-marquee"),
        *("css-intrinsic-size", "css-sytem-ui", "html-audio", "html-video", "html-select", "html-textarea"),
        *("html-body", "html-style", "html-base"),
    }
)
#: Families of properties that a title does not list.
_MEMBERS: Mapping[str, tuple[str, ...]] = {
    "css-column-layout-properties": ("columns", "column-rule", "column-span", "column-width", "column-fill"),
    "css-grid-template": ("grid-template", "grid-template-areas", "grid-template-columns", "grid-template-rows"),
    "css-scroll-snap": ("scroll-snap-type", "scroll-snap-align"),
    "css-border-radius-logical": ("border-start-start-radius", "border-end-end-radius"),
}
_UNITS = re.compile(r"(ch|cm|em|ex|in|mm|pc|pt|rem|vh|vmax|vmin|vw) unit")
_VALUE = re.compile(r"([a-z-]+): ?([a-z-]+)")
_PROPERTIES = re.compile(r"[a-z]+(?:-[a-z]+)*(?:(?:, | & )[a-z]+(?:-[a-z]+)*)*")
_ELEMENT = re.compile(r"<([a-z]+)>(?: element)?")
_ATTRIBUTES = re.compile(r"([a-z-]+)(?: and ([a-z-]+))? attributes?")
_COMBINATORS = {"Adjacent sibling combinator": "+", "General sibling combinator": "~"}


def distil(data: Mapping[str, Any]) -> dict[str, Any]:
    """The table: for each feature that can be found in a mail, how, and which clients do not have it."""
    clients = sorted({client for feature in data["data"] for client, _ in _latest(feature["stats"])})
    features = {
        feature["slug"]: {
            "finds": finds,
            "no": [clients.index(client) for client, answer in _latest(feature["stats"]) if answer.startswith("n")],
        }
        for feature in data["data"]
        if feature["slug"] not in LEFT_OUT and (finds := list(_finds(feature)))
    }
    return {
        "source": "https://www.caniemail.com/api/data.json",
        "licence": LICENCE,
        "date": data["last_update_date"][:10],
        "names": _names(data["nicenames"], clients),
        "clients": clients,
        "features": {slug: feature for slug, feature in sorted(features.items()) if feature["no"]},
    }


def _names(nice: Mapping[str, Mapping[str, str]], clients: Sequence[str]) -> dict[str, str]:
    """The words for each part of a client's name."""
    words = {**nice["platform"], **nice["family"]}
    return {
        part: words.get(part, part) for part in sorted({part for client in clients for part in client.split(".")})
    }


def _finds(feature: Mapping[str, Any]) -> Iterator[str]:
    """What in a mail means the feature, as "kind name"."""
    slug, title = feature["slug"], feature["title"].strip()
    if feature["category"] == "html":
        yield from _in_html(title)
    elif feature["category"] == "css":
        yield from (f"property {name}" for name in _MEMBERS.get(slug, ()))
        yield from _in_css(slug, title)


def _in_html(title: str) -> Iterator[str]:
    if found := _ELEMENT.fullmatch(title):
        yield f"element {found[1]}"
    elif found := _ATTRIBUTES.fullmatch(title):
        yield from (f"attribute {name}" for name in found.groups() if name)


def _in_css(slug: str, title: str) -> Iterator[str]:
    if title.startswith("@media ("):
        yield from (f"media {name}" for name in re.findall(r"\(([a-z-]+)\)", title))
    elif title.startswith("@"):
        yield f"at {title[1:]}"
    elif title.startswith(":"):
        yield f"pseudo {title.strip(':()')}"
    elif title in _COMBINATORS:
        yield f"combinator {_COMBINATORS[title]}"
    elif found := _UNITS.fullmatch(title):
        yield f"unit {found[1]}"
    elif slug == "css-variables":
        yield "function var"
    elif "()" in title:
        yield from (f"function {name}" for name in re.findall(r"([a-z-]+)\(\)", title))
    elif found := _VALUE.fullmatch(title):
        yield f"value {found[1]}:{found[2]}"
    elif _PROPERTIES.fullmatch(plain := re.sub(r" (?:CSS )?property$| shorthand$", "", title)):
        yield from (f"property {name}" for name in re.split(r", | & ", plain))


def _latest(stats: Mapping[str, Mapping[str, Mapping[str, str]]]) -> Iterator[tuple[str, str]]:
    for family, platforms in stats.items():
        for platform, versions in platforms.items():
            yield f"{family}.{platform}", versions[_newest(list(versions))]


def _newest(versions: Sequence[str]) -> str:
    """The highest; where years stand beside version numbers, the last, as people wrote them down."""
    numbers = {one: tuple(map(int, re.findall(r"\d+", one))) or (0,) for one in versions}
    kinds = {number[0] > 1900 for number in numbers.values()}
    return max(versions, key=numbers.__getitem__) if len(kinds) == 1 else versions[-1]


def main(arguments: Sequence[str]) -> None:
    """Write the table anew."""
    data = json.loads(Path(arguments[0]).read_text(encoding="utf-8"))
    lines = json.dumps(distil(data), indent=1, ensure_ascii=True, sort_keys=False)
    # One line for each feature, so that a change of the data can be read.
    TABLE.write_text(re.sub(r"\[\s+([^\[\]]*?)\s+\]", _joined, lines) + "\n", encoding="utf-8")


def _joined(found: re.Match[str]) -> str:
    return "[" + re.sub(r"\s*\n\s*", " ", found[1]) + "]"


if __name__ == "__main__":
    main(sys.argv[1:])
