"""The sandbox answers each question once, and answers as Jinja's own would."""

from dataclasses import dataclass

import pytest
from jinja2 import StrictUndefined
from jinja2.exceptions import SecurityError
from jinja2.loaders import DictLoader
from jinja2.sandbox import ImmutableSandboxedEnvironment
from markupsafe import Markup

from newsletter.render.sandbox import NOTHING, Constants, Sandbox


@dataclass(frozen=True)
class Noun:
    """Data with a method."""

    title: str
    copy: str = "a field"

    def shout(self) -> str:
        """Louder."""
        return self.title.upper()


NAMES = {
    "noun": Noun("tea"),
    "some": ["a", "b"],
    "table": {"copy": "an entry", "title": "of a table"},
    "text": "tea and {0}",
    "markup": Markup("<b>{}</b>"),
}
ASKED = (
    "{{ noun.title }} {{ noun.copy }} {{ noun.shout() }}",
    "{{ table.title }} {{ table.copy() }} {{ table['copy'] }} {{ table.missing is defined }}",
    "{{ noun.title }}{{ some.append('c') }}",
    "{{ some.index('b') }}{{ some.clear() }}",
    "{{ table.title }}{{ table.update(a=1) }}",
    "{{ noun.title }}{{ noun.__class__ }}",
    "{{ noun.__dataclass_fields__ }}",
    "{{ text.format(noun.title) }} {{ markup.format('<i>') }}",
    "{{ '{0.__class__}'.format(noun) }}",
    "{{ '{0.title.__class__}'.format(noun) }}",
    "{{ noun.nothing }}",
    "{{ text.upper.__self__ }}",
)


def said(env: ImmutableSandboxedEnvironment, text: str) -> str:
    names = {**NAMES, "some": ["a", "b"], "table": dict(NAMES["table"])}  # type: ignore[call-overload]
    try:
        return env.from_string(text).render(names)
    except Exception as error:
        return f"{type(error).__name__}: {error}"


@pytest.mark.parametrize("text", ASKED)
@pytest.mark.parametrize("autoescape", [True, False])
def test_every_answer_is_jinjas_own_the_first_time_and_again(text: str, autoescape: bool) -> None:
    theirs = ImmutableSandboxedEnvironment(autoescape=autoescape, undefined=StrictUndefined)
    ours = Sandbox({}, NOTHING, autoescape=autoescape, undefined=StrictUndefined)
    for _ in range(2):
        assert said(ours, text) == said(theirs, text)


def test_what_is_safe_for_one_type_is_asked_again_for_another() -> None:
    env = Sandbox({}, NOTHING, undefined=StrictUndefined)
    assert said(env, "{% set p = namespace(append=1) %}{{ p.append }}") == "1"
    with pytest.raises(SecurityError):
        env.from_string("{{ some.append(1) }}").render(some=[])


CONSTANTS: Constants = {
    "c": {"ink": Markup("#111111"), "items": Markup("#222222")},
    "end": "right",
    "_": lambda message: f"<{message}>",
}


def rendered(**templates: str) -> str:
    env = Sandbox(templates, CONSTANTS, loader=DictLoader(templates), autoescape=True, undefined=StrictUndefined)
    return env.get_template("page").render(
        c={"ink": "#999999"}, end="left", word="a<b", _=lambda message, **_: message
    )


def test_constants_stand_in_the_compiled_template_and_are_escaped_as_ever() -> None:
    assert rendered(page="{{ c.ink }} {{ end }} {{ _('A & B') }} {{ word }}") == (
        "#111111 right &lt;A &amp; B&gt; a&lt;b"
    )
    assert rendered(page="{{ 'color:%s'|format(c.ink) }}{% if end == 'right' %}!{% endif %}") == "color:#111111!"


@pytest.mark.parametrize(
    ("page", "part"),
    [
        ("{% set end = 'up' %}{% include 'part' %}", "{{ end }}"),
        ("{% for end in ['up'] %}{% include 'part' %}{% endfor %}", "{{ end }}"),
        ("{% with end='up' %}{% include 'part' %}{% endwith %}", "{{ end }}"),
        ("{% macro m(end) %}{{ end }}{% endmacro %}{{ m('up') }}", ""),
        ("{% import 'part' as c %}{{ c.ink }}", "{% set ink = 'up' %}"),
        ("{% from 'part' import ink as end %}{{ end }}", "{% set ink = 'up' %}"),
        ("{% from 'part' import end %}{{ end }}", "{% macro m() %}{% endmacro %}{% set end = 'up' %}"),
    ],
)
def test_a_name_that_some_template_takes_for_itself_is_its_own(page: str, part: str) -> None:
    assert rendered(page=page, part=part) == "up"


def test_what_needs_values_is_said_when_they_are_there() -> None:
    assert rendered(page="{{ _('For {name}', name='Ada') }}{{ _('{open}') }}") == "For {name}{open}"
    assert rendered(page="{{ _(word) }}") == "a&lt;b"


def test_a_dictionarys_own_methods_come_before_what_is_in_it() -> None:
    assert rendered(page="{{ c.items()|list|length }}") == "1"


def test_what_was_compiled_with_other_constants_is_compiled_again() -> None:
    page = {"page": "{{ end }}{{ _('A') }}{{ c.ink }}"}
    for end in ("up", "down", "up"):
        constants: Constants = {"end": end, "_": (lambda way: lambda word: word + way)(end), "c": {"ink": end}}
        env = Sandbox(page, constants, loader=DictLoader(page), autoescape=False)
        assert env.get_template("page").render() == f"{end}A{end}{end}"


def test_a_changed_template_is_compiled_again() -> None:
    for word in ("tea", "talk"):
        assert rendered(page="{% include 'part' %}", part=f"{word} {{{{ end }}}}") == f"{word} right"
