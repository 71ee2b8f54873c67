"""A picture of who gets what when: one lane for each reader, one mark for each issue; SVG, or a page around it.

It needs nothing from elsewhere, is light or dark as its reader is, and prints in black on white.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from html import escape

WIDTH, NAMES, MARGIN = 1080, 230, 20
HEAD, ROW, GAP = 92, 20, 22
#: Colours that stay apart for the colour-blind, light and dark; shapes say the same without colour.
COLOURS = (
    ("#0B5F62", "#7FD6CC"),
    ("#B23A1E", "#FF9B7D"),
    ("#5B3A8C", "#C3A6F0"),
    ("#744600", "#F6CE7C"),
    ("#1F4E8C", "#8FBCF5"),
    ("#5B6473", "#BAC2D0"),
)
_LABELS = 'aria-labelledby="title" font-family="system-ui, sans-serif"'
_SHAPES = ("circle", "square", "diamond", "triangle")


@dataclass(frozen=True, slots=True)
class Mark:
    """One issue of a digest as it came to a reader at an aware moment; `hollow` where they were spared it."""

    key: str
    digest: str
    at: datetime
    text: str
    hollow: bool = False
    changed: bool = False


@dataclass(frozen=True, slots=True)
class Lane:
    """A reader, a line about how they read, and what they got."""

    name: str
    about: str
    marks: tuple[Mark, ...]


@dataclass(frozen=True, slots=True)
class _Scale:
    """Where a moment lies on the paper."""

    start: datetime
    end: datetime

    def x(self, at: datetime) -> float:
        share = (at - self.start) / max(self.end - self.start, timedelta(hours=1))
        return round(NAMES + MARGIN + share * (WIDTH - NAMES - 2 * MARGIN), 1)


def timeline(
    title: str,
    digests: Mapping[str, str],
    lanes: Sequence[Lane],
    start: datetime,
    end: datetime,
    *,
    page: bool = False,
) -> str:
    """The picture of the aware, half-open [start, end); `digests` are titles by name, in the order of their rows."""
    picture = _svg(title, digests, lanes, _Scale(start, end))
    return _page(title, lanes, picture, start, end) if page else picture


def _svg(title: str, digests: Mapping[str, str], lanes: Sequence[Lane], scale: _Scale) -> str:
    names = list(digests)
    height = HEAD + len(lanes) * _lane_height(names) + MARGIN
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" role="img" {_LABELS}>',
        f'<title id="title">{_text(title)}: issues from {_day(scale.start)} to {_day(scale.end)}</title>',
        f"<style>{_style(len(names))}</style>",
        f'<rect class="paper" width="{WIDTH}" height="{height}"/>',
        f'<text class="ink big" x="{MARGIN}" y="30">{_text(title)}</text>',
        *_legend(digests),
        *_months(scale, height),
    ]
    for index, lane in enumerate(lanes):
        parts += _lane(lane, names, HEAD + index * _lane_height(names), scale)
    return "\n".join([*parts, "</svg>", ""])


def _lane_height(names: Sequence[str]) -> int:
    return max(2, len(names)) * ROW + GAP


def _legend(digests: Mapping[str, str]) -> Iterator[str]:
    x = MARGIN + 6
    for index, (name, title) in enumerate(digests.items()):
        words = f"{title} ({name})"
        yield _shape(index, x, 50, hollow=False)
        yield f'<text class="ink" x="{x + 12}" y="54">{_text(words)}</text>'
        x += 40 + 7 * len(words)
    hint = "hollow: nothing for them; a dot above: changes"
    yield f'<text class="soft" x="{WIDTH - MARGIN}" y="30" text-anchor="end">{hint}</text>'


def _months(scale: _Scale, height: int) -> Iterator[str]:
    first = scale.start.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    while first < scale.end:
        if first >= scale.start:
            x = scale.x(first)
            yield f'<line class="rule" x1="{x}" y1="{HEAD - 16}" x2="{x}" y2="{height - MARGIN}"/>'
            yield f'<text class="soft" x="{x + 4}" y="{HEAD - 6}">{first:%b}{_year(first)}</text>'
        first = (first + timedelta(days=32)).replace(day=1)


def _year(first: datetime) -> str:
    return f" {first.year}" if first.month == 1 else ""


def _lane(lane: Lane, names: Sequence[str], top: int, scale: _Scale) -> Iterator[str]:
    bottom = top + _lane_height(names)
    yield f'<line class="rule" x1="{MARGIN}" y1="{top}" x2="{WIDTH - MARGIN}" y2="{top}"/>'
    yield f'<text class="ink" x="{MARGIN}" y="{top + 24}">{_text(_short(lane.name, 32))}</text>'
    yield f'<text class="soft" x="{MARGIN}" y="{top + 42}">{_text(_short(lane.about, 38))}</text>'
    for mark in lane.marks:
        row = names.index(mark.digest)
        yield _mark(mark, row, scale.x(mark.at), min(top + 18 + row * ROW, bottom - 8))


def _mark(mark: Mark, row: int, x: float, y: int) -> str:
    words = f"{mark.key}, {mark.at:%a} {_day(mark.at)}, {mark.at:%H:%M %Z}\n{mark.text}"
    dot = f'<circle class="dot" cx="{x}" cy="{y - 10}" r="2"/>' if mark.changed else ""
    return f"<g><title>{_text(words)}</title>{_shape(row, x, y, hollow=mark.hollow)}{dot}</g>"


def _shape(index: int, x: float, y: float, *, hollow: bool) -> str:
    kind = f'class="d{index % len(COLOURS)}{" hollow" if hollow else ""}"'
    match _SHAPES[index % len(_SHAPES)]:
        case "circle":
            return f'<circle {kind} cx="{x}" cy="{y}" r="5.5"/>'
        case "square":
            return f'<rect {kind} x="{x - 5}" y="{y - 5}" width="10" height="10"/>'
        case "diamond":
            return f'<path {kind} d="M{x} {y - 7}l7 7l-7 7l-7 -7z"/>'
        case _:
            return f'<path {kind} d="M{x} {y - 6}l7 12h-14z"/>'


def _style(count: int) -> str:
    used = COLOURS[: max(1, min(count, len(COLOURS)))]
    light = _scheme("#FFFEFB", "#1B2333", "#5B6473", "#E4DED2", [pair[0] for pair in used])
    dark = _scheme("#191F2B", "#F3EEE4", "#A7AFBD", "#2F3848", [pair[1] for pair in used])
    shared = "text{font-size:13px}.big{font-size:17px;font-weight:600}.rule{stroke-width:1}g:hover{opacity:.7}"
    dark_here = f"@media screen and (prefers-color-scheme:dark){{{dark}}}"
    return f"{shared}{light}{dark_here}@media print{{.paper{{fill:none}}}}"


def _scheme(paper: str, ink: str, soft: str, rule: str, colours: Sequence[str]) -> str:
    marks = "".join(
        f".d{index}{{fill:{colour};stroke:{colour};stroke-width:1.6}}.d{index}.hollow{{fill:{paper}}}"
        for index, colour in enumerate(colours)
    )
    base = f".paper{{fill:{paper}}}.ink{{fill:{ink}}}.soft{{fill:{soft}}}.rule{{stroke:{rule}}}.dot{{fill:{ink}}}"
    return base + marks


def _page(title: str, lanes: Sequence[Lane], picture: str, start: datetime, end: datetime) -> str:
    tables = "\n".join(_table(lane) for lane in lanes)
    head = _text(f"{title}: {_day(start)} to {_day(end)}")
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{head}</title>\n<style>{_PAGE_STYLE}</style>\n</head>\n<body>\n<h1>{head}</h1>\n"
        f'<div class="wide">{picture}</div>\n{tables}\n</body>\n</html>\n'
    )


def _table(lane: Lane) -> str:
    rows = "\n".join(
        f"<tr{' class=none' if mark.hollow else ''}><td>{mark.at:%a} {_day(mark.at)}, {mark.at:%H:%M %Z}</td>"
        f"<td>{_text(mark.key)}</td><td>{_text(mark.text)}</td></tr>"
        for mark in lane.marks
    )
    head = "<tr><th>When</th><th>Issue</th><th>What</th></tr>"
    return f"<h2>{_text(lane.name)}</h2>\n<p>{_text(lane.about)}</p>\n<table>\n{head}\n{rows}\n</table>"


_PAGE_STYLE = (
    ":root{color-scheme:light dark}"
    "body{font:15px/1.5 system-ui,sans-serif;max-width:1120px;margin:2rem auto;padding:0 1rem}"
    ".wide{overflow-x:auto}svg{min-width:760px;width:100%}table{border-collapse:collapse;width:100%}"
    "td,th{text-align:left;vertical-align:top;padding:.3rem .8rem .3rem 0;border-top:1px solid #8884}"
    "td{white-space:pre-line}"
    "td:first-child,td:nth-child(2){white-space:nowrap}.none{opacity:.65}"
    "@media print{h2{break-after:avoid}tr{break-inside:avoid}body{max-width:none}}"
)


def _day(at: datetime) -> str:
    return f"{at.day} {at:%b %Y}"


def _short(text: str, most: int) -> str:
    return text if len(text) <= most else text[: most - 1].rstrip() + "…"


def _text(text: str) -> str:
    """Text for markup, without the letters that XML 1.0 has no place for."""
    return escape("".join(letter for letter in text if letter >= " " or letter in "\n\t"))
