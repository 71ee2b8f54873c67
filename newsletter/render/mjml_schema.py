"""What MJML 4 allows, as a table: which element may stand where, with which attributes, holding what.

After the MJML documentation (documentation.mjml.io, the components of version 4); MRML accepts anything and drops it.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

_LENGTH = r"-?\d+(?:\.\d+)?(?:px|%|em|rem)?"
_COLOUR = r"#[0-9a-fA-F]{3,8}|[a-z]{3,20}|(?:rgb|rgba|hsl|hsla)\([0-9.,%/ ]+\)"

#: Kinds of attribute values: a regular expression for the whole value, and the words that say what is expected.
KINDS: Mapping[str, tuple[re.Pattern[str], str]] = {
    "length": (re.compile(rf"{_LENGTH}|auto|normal"), "a length such as 16px or 50%"),
    "lengths": (re.compile(rf"{_LENGTH}(?: {_LENGTH}){{0,3}}"), "one to four lengths such as 0 20px"),
    "colour": (re.compile(_COLOUR), "a colour such as #8C2A12"),
    "border": (
        re.compile(rf"none|0|{_LENGTH} (?:solid|dashed|dotted|double) (?:{_COLOUR})"),
        "a border such as 1px solid #DDD5C5",
    ),
    "align": (re.compile(r"left|right|center|justify"), "left, right, center or justify"),
    "side": (re.compile(r"left|right|center"), "left, right or center"),
    "vertical": (re.compile(r"top|middle|bottom"), "top, middle or bottom"),
    "direction": (re.compile(r"ltr|rtl"), "ltr or rtl"),
    "weight": (re.compile(r"normal|bold|bolder|lighter|[1-9]00"), "a weight such as 400 or bold"),
    "number": (re.compile(r"\d+"), "a whole number"),
    "text": (re.compile(r"(?s).*"), "any text"),
    "link": (re.compile(r"(?:(?:https?://|mailto:|tel:|cid:|#)\S*)?"), "an address such as https://example.org"),
}

#: Attributes that several elements share.
_GROUPS = {
    "ANY": "css-class:text mj-class:text",
    "PADDING": "padding:lengths padding-top:length padding-right:length padding-bottom:length padding-left:length",
    "BORDERS": "border:border border-top:border border-right:border border-bottom:border border-left:border",
    "INNER": "inner-border:border inner-border-top:border inner-border-right:border inner-border-bottom:border "
    "inner-border-left:border inner-border-radius:lengths inner-background-color:colour",
    "FONT": "font-family:text font-size:length font-weight:weight line-height:length color:colour",
    "STYLE": "font-style:text text-decoration:text text-transform:text letter-spacing:length",
    "GROUND": "background-color:colour background-url:link background-position:text",
    "TILED": "background-repeat:text background-size:text background-position-x:text background-position-y:text",
    "LINK": "href:link rel:text target:text title:text name:text",
    "PICTURE": "src:link alt:text srcset:text sizes:text",
    "ROW": "ANY PADDING BORDERS GROUND TILED border-radius:lengths direction:direction full-width:text "
    "text-align:side text-padding:lengths",
    "BLOCK": "ANY PADDING container-background-color:colour",
    "ICON": "icon-align:vertical icon-width:length icon-height:length icon-wrapped-url:link icon-wrapped-alt:text "
    "icon-unwrapped-url:link icon-unwrapped-alt:text icon-position:side",
    "BURGER": "ico-align:side ico-open:text ico-close:text ico-color:colour ico-font-size:length "
    "ico-font-family:text ico-text-transform:text ico-text-decoration:text "
    "ico-line-height:length ico-padding:lengths "
    "ico-padding-top:length ico-padding-right:length ico-padding-bottom:length ico-padding-left:length",
}

_HEAD, _BODY, _COLUMN = "mj-head", "mj-body mj-wrapper", "mj-column mj-hero"

#: Element: the elements it may stand in, its attributes, and whether it holds HTML and no further elements.
_TABLE: tuple[tuple[str, str, str, bool], ...] = (
    ("mjml", "", "lang:text dir:direction owa:text", False),
    ("mj-head", "mjml", "", False),
    ("mj-body", "mjml", "ANY width:length background-color:colour", False),
    ("mj-attributes", _HEAD, "", False),
    ("mj-breakpoint", _HEAD, "width:length", False),
    ("mj-font", _HEAD, "name:text href:link", False),
    ("mj-preview", _HEAD, "", True),
    ("mj-title", _HEAD, "", True),
    ("mj-style", _HEAD, "inline:text", True),
    (
        "mj-raw",
        f"mjml {_HEAD} {_BODY} {_COLUMN} mj-section mj-group mj-social mj-navbar mj-accordion mj-accordion-element",
        "position:text",
        True,
    ),
    ("mj-wrapper", "mj-body", "ROW gap:length", False),
    ("mj-section", _BODY, "ROW", False),
    (
        "mj-hero",
        _BODY,
        (
            "BLOCK GROUND border-radius:lengths mode:text vertical-align:vertical height:length "
            "background-height:length "
            "background-width:length inner-padding:lengths inner-padding-top:length inner-padding-right:length "
            "inner-padding-bottom:length inner-padding-left:length inner-background-color:colour"
        ),
        False,
    ),
    (
        "mj-group",
        "mj-section",
        "ANY width:length vertical-align:vertical background-color:colour direction:direction",
        False,
    ),
    (
        "mj-column",
        "mj-section mj-group",
        (
            "ANY PADDING BORDERS INNER border-radius:lengths width:length vertical-align:vertical "
            "background-color:colour direction:direction"
        ),
        False,
    ),
    (
        "mj-text",
        _COLUMN,
        "BLOCK FONT STYLE align:align height:length background-color:colour vertical-align:vertical",
        True,
    ),
    (
        "mj-button",
        _COLUMN,
        (
            "BLOCK FONT STYLE LINK BORDERS border-radius:lengths background-color:colour align:side text-align:align "
            "vertical-align:vertical width:length height:length inner-padding:lengths"
        ),
        True,
    ),
    (
        "mj-image",
        _COLUMN,
        (
            "BLOCK LINK PICTURE BORDERS border-radius:lengths align:side width:length height:length "
            "max-height:length "
            "font-size:length usemap:text fluid-on-mobile:text"
        ),
        False,
    ),
    (
        "mj-divider",
        _COLUMN,
        "BLOCK align:side border-color:colour border-style:text border-width:length width:length",
        False,
    ),
    ("mj-spacer", _COLUMN, "BLOCK BORDERS height:length", False),
    (
        "mj-table",
        _COLUMN,
        (
            "BLOCK FONT align:side border:border cellpadding:number cellspacing:number width:length "
            "table-layout:text "
            "role:text vertical-align:vertical"
        ),
        True,
    ),
    (
        "mj-social",
        _COLUMN,
        (
            "BLOCK FONT font-style:text text-decoration:text align:side border-radius:length icon-size:length "
            "icon-height:length icon-padding:lengths inner-padding:lengths mode:text table-layout:text "
            "text-padding:lengths vertical-align:vertical"
        ),
        False,
    ),
    (
        "mj-social-element",
        "mj-social",
        (
            "ANY PADDING FONT LINK PICTURE font-style:text text-decoration:text align:side icon-position:side "
            "background-color:colour border-radius:length icon-size:length icon-height:length icon-padding:lengths "
            "text-padding:lengths vertical-align:vertical"
        ),
        True,
    ),
    ("mj-navbar", _COLUMN, "BLOCK BURGER align:side base-url:link hamburger:text", False),
    ("mj-navbar-link", "mj-navbar", "ANY PADDING FONT STYLE LINK", True),
    ("mj-accordion", _COLUMN, "BLOCK ICON border:border font-family:text", False),
    (
        "mj-accordion-element",
        "mj-accordion",
        "ANY ICON border:border font-family:text background-color:colour",
        False,
    ),
    (
        "mj-accordion-title",
        "mj-accordion-element",
        "ANY PADDING FONT background-color:colour",
        True,
    ),
    (
        "mj-accordion-text",
        "mj-accordion-element",
        "ANY PADDING FONT letter-spacing:length background-color:colour",
        True,
    ),
    (
        "mj-carousel",
        _COLUMN,
        (
            "BLOCK align:side border-radius:lengths icon-width:length left-icon:link right-icon:link thumbnails:text "
            "tb-border:border tb-border-radius:length tb-hover-border-color:colour tb-selected-border-color:colour "
            "tb-width:length"
        ),
        False,
    ),
    (
        "mj-carousel-image",
        "mj-carousel",
        "ANY LINK PICTURE thumbnails-src:link border-radius:lengths tb-border:border tb-border-radius:lengths",
        True,
    ),
)


@dataclass(frozen=True, slots=True)
class Element:
    """One element: where it may stand, its attributes by kind, and whether it holds HTML and no further elements."""

    parents: frozenset[str]
    attributes: Mapping[str, str]
    holds_html: bool = False


def _attributes(text: str) -> dict[str, str]:
    """ "FONT align:side" as attributes and their kinds, groups written out."""
    found: dict[str, str] = {}
    for word in text.split():
        name, _, kind = word.partition(":")
        found |= {name: kind} if kind else _attributes(_GROUPS[name])
    return found


ELEMENTS: Mapping[str, Element] = {
    name: Element(frozenset(parents.split()), _attributes(attributes), holds_html)
    for name, parents, attributes, holds_html in _TABLE
}

#: What may stand in `mj-attributes` besides the elements, whose defaults it sets.
DEFAULTS = frozenset({"mj-all", "mj-class"})


def kind_of(element: str, attribute: str) -> str | None:
    """The kind of value that an element's attribute takes; None where it has no such attribute."""
    return ELEMENTS[element].attributes.get(attribute)


def kind_anywhere(attribute: str) -> str | None:
    """The kind of an attribute that any element has, as `mj-all` and `mj-class` may set it."""
    return next((one.attributes[attribute] for one in ELEMENTS.values() if attribute in one.attributes), None)
