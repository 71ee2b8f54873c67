"""Two hundred ways to break out of a template: in content they are letters, in a template they are refused."""

import re
from dataclasses import replace
from itertools import product

import pytest
from render_builders import NOTE, PIPELINES, SECTIONS, a_draft, a_row, an_issue, with_template

from newsletter.model.issue import Section
from newsletter.model.mail import fill_text
from newsletter.render.edition import render
from newsletter.render.errors import RenderError

# Two hundred attempts on the same walls; what is covered, test_render_sandbox.py tells.
pytestmark = pytest.mark.no_cover

#: Expressions that reach for Python behind a value that templates have.
REACHING = (
    "{v}.__class__",
    "{v}.__class__.__mro__",
    "{v}.__class__.__base__.__subclasses__()",
    "{v}['__class__']",
    "{v}|attr('__class__')",
    "{v}|attr('__cla' ~ 'ss__')",
    "{v}|attr('\\x5f\\x5fclass\\x5f\\x5f')",
    "{v}.__init__.__globals__",
    "{v}.__init__.__globals__['os'].popen('id').read()",
    "{v}.__reduce__()",
    "{v}.__getattribute__('x')",
    "{v}.__dict__",
    "{v}.__doc__.__class__",
    "({v},)|map(attribute='__class__')|list",
    "[{v}]|map('attr', '__class__')|list",
    "[{v}]|sort(attribute='__class__')|list",
    "[{v}]|groupby('__class__')|list",
    "[{v}]|selectattr('__class__')|list|first|attr('__class__')",
    "'{{0.__class__}}'.format({v})",
    "'{{0.__class__.__mro__}}'.format_map({{'0': {v}}})",
    "'%s'|format({v}.__class__)",
    "({v}).__class__.__name__",
)
VALUES = ("''", "issue", "slot", "m", "range", "_", "note")
#: Expressions that reach for the machinery of templates itself.
MACHINERY = (
    "self.__init__.__globals__",
    "self._TemplateReference__context",
    "self.__dict__",
    "lipsum.__globals__['os']",
    "cycler.__init__.__globals__.os",
    "joiner.__init__.__globals__",
    "namespace.__init__.__globals__",
    "get_flashed_messages.__globals__",
    "url_for.__globals__",
    "request.application.__globals__",
    "config.items()",
    "environment.undefined",
    "loop.__class__",
    "caller.__globals__",
    "range.__self__",
    "dict.__base__",
    "dict.mro()",
    "dict(a=1).__class__",
    "(1).__class__.__base__",
    "().__class__.__bases__[0]",
    "[].__class__.__base__.__subclasses__()[40]('/etc/passwd').read()",
    "{}.__class__",
    "true.__class__",
    "none.__class__",
    "(issue.title ~ '').encode.__self__.__class__",
    "issue.title.format.__globals__",
    "issue.title.__format__('>9')",
    "note.__replace__(by='x')",
    "issue.sections.__class__",
    "issue.sections[0].__class__",
    "issue.__slots__",
    "issue.__dataclass_fields__",
    "issue.__module__",
    "m.__dict__",
    "m._module",
    "m.link.__globals__",
    "m.link._func",
    "m.link._environment",
    "_.__globals__",
    "_.__closure__",
    "ngettext.__code__",
    "pgettext.__func__",
    "c.__class__.__init__",
    "font.__class__",
    "slot.__class__.__mro__",
    "sections.__len__.__self__",
    "tracks.__class__",
    "texts.__init__",
)
THANKS_ALONE = tuple(section for section in SECTIONS if section.kind == "thanks")
ATTACKS = tuple(piece.format(v=value) for value, piece in product(VALUES, REACHING)) + MACHINERY


def test_there_are_two_hundred_of_them() -> None:
    assert len(set(ATTACKS)) >= 200


def told(*texts: str) -> str:
    """The text and the HTML of a mail that has these texts wherever somebody may write."""
    text = " ".join(texts)
    entry = replace(PIPELINES, title=text, hosts=(text,), summary=text, place=text)
    note = replace(NOTE, body=text, by=text, role=text)
    sections = (Section("note", ""), Section("events", text, (entry,)), Section("jobs", "Work"))
    issue = an_issue(sections=sections, note=note, preheader=text, dateline=text)
    edition = render(issue, a_draft(note=note, section_texts=(("jobs", text),)))
    values = a_row().values
    return fill_text(edition.text, values) + fill_text(edition.html, values)


@pytest.mark.parametrize("start", range(0, len(ATTACKS), 12))
def test_content_is_never_read_as_a_template(start: int) -> None:
    attacks = ATTACKS[start : start + 12]
    mail = told(*("{{ " + attack + " }} {% set x = " + attack + " %}" for attack in attacks), "{# gone #}")

    for trace in ("<class ", "<module ", "<function ", "<bound method", "object at 0x", "root:x:", "uid="):
        assert trace not in mail.replace("&lt;", "<")
    letters = plain(mail)
    assert all(plain("{{ " + attack + " }}") in letters for attack in attacks)


def plain(text: str) -> str:
    """The letters alone: lines are broken and backslashes doubled where Markdown has them."""
    return re.sub(r"[\s\\]+", "", text)


def render_thanks(template: str) -> str:
    """What a mail shows where a section's template is this."""
    draft = with_template(a_draft(), "sections/thanks.mjml", f"<mj-raw>[[{template}]]</mj-raw>")
    html = fill_text(render(an_issue(sections=THANKS_ALONE), draft).html, a_row().values)
    return html.partition("[[")[2].partition("]]")[0]


@pytest.mark.parametrize("attack", ATTACKS)
def test_a_template_reaches_nothing_behind_its_values(attack: str) -> None:
    try:
        shown = render_thanks("{{ " + attack + " }}")
    except RenderError as error:
        found = {problem.code for problem in error.problems}
    else:
        found = set(re.findall(r"&(?:lt|#60);(?:class|module|bound)|root:x|uid=|__\w+__", shown))
    assert found <= {"src.undefined", "src.syntax"}
