"""Jinja's immutable sandbox, with the same verdicts and the same output, but each question asked once.

A mail of forty entries asks for ten thousand attributes and prints as many values. Whether an attribute may be read
depends on its name and on the type alone; and what a theme and a language say once for all, such as a colour, goes
into a template when it is compiled.
"""

import functools
from collections.abc import Callable, Hashable, Mapping
from threading import Lock
from types import BuiltinMethodType, CodeType, MethodType
from typing import Any, ClassVar

from jinja2 import BytecodeCache, Environment, TemplateSyntaxError, Undefined, nodes
from jinja2.bccache import Bucket
from jinja2.sandbox import ImmutableSandboxedEnvironment
from jinja2.visitor import NodeTransformer

#: What the sandbox may wrap, whatever its type and name say.
_METHODS = (MethodType, BuiltinMethodType)
#: Verdicts that are kept; templates name some hundred attributes.
_KEPT = 10_000
#: Compiled templates that are kept; a theme has some forty, in each of a few languages.
_CODES = 1024
_PARSER = Environment(autoescape=True)

#: Names with one value as long as an environment lasts: a text, texts by name, or a function of one given text.
Constants = Mapping[str, str | Mapping[str, str] | Callable[[str], str]]
NOTHING: Constants = {}

Filters = Mapping[str, Callable[..., object]]
NO_FILTERS: Filters = {}


class Sandbox(ImmutableSandboxedEnvironment):
    """The environment of every template of ours; it compiles what `constants` say into them."""

    def __init__(
        self, templates: Mapping[str, str], constants: Constants, filters: Filters = NO_FILTERS, **options: Any
    ) -> None:
        super().__init__(**options)
        self.filters.update(filters)
        self._verdicts: dict[tuple[type, str], bool] = {}
        taken = {name for text in templates.values() for name in _assigned(text)} if constants else set()
        self._constants = {name: value for name, value in constants.items() if name not in taken}
        fixed = tuple(map(_fixed, self._constants.items()))
        self.bytecode_cache = _Compiled((self.autoescape, self.finalize, frozenset(filters.items()), fixed))

    def getattr(self, obj: Any, attribute: str) -> Any | Undefined:
        """As ever, but for what was safe before."""
        kind = type(obj)
        if kind is dict and attribute in obj and not hasattr(dict, attribute):
            return obj[attribute]
        try:
            value = getattr(obj, attribute)
        except AttributeError:
            return super().getattr(obj, attribute)
        safe = self._verdicts.get((kind, attribute))
        if isinstance(value, _METHODS) or not (self._is_safe(kind, obj, attribute) if safe is None else safe):
            return super().getattr(obj, attribute)
        return value

    def _is_safe(self, kind: type, obj: object, attribute: str) -> bool:
        safe = self.is_safe_attribute(obj, attribute, None)
        if len(self._verdicts) < _KEPT:
            self._verdicts[kind, attribute] = safe
        return safe

    def _generate(self, source: nodes.Template, *place: Any, **options: Any) -> str:
        return super()._generate(_Settled(self._constants).visit(source), *place, **options)


@functools.lru_cache(maxsize=1024)
def _assigned(text: str) -> frozenset[str]:
    """The names to which a template gives a value."""
    try:
        tree = _PARSER.parse(text)
    except TemplateSyntaxError:
        # Told with its line as soon as it is used.
        return frozenset()
    names = {found.name for found in tree.find_all(nodes.Name) if found.ctx != "load"}
    names |= {found.target for found in tree.find_all(nodes.Import)}
    taken = [name for found in tree.find_all(nodes.FromImport) for name in found.names]
    return frozenset(names | {name if isinstance(name, str) else name[1] for name in taken})


def _fixed(constant: tuple[str, object]) -> Hashable:
    name, value = constant
    return name, tuple(value.items()) if isinstance(value, Mapping) else value


class _Compiled(BytecodeCache):
    """The code of templates, for every environment of the same kind: a theme differs little from its next state."""

    _codes: ClassVar[dict[Hashable, CodeType]] = {}
    _lock: ClassVar[Lock] = Lock()

    def __init__(self, kind: Hashable) -> None:
        self._kind = kind

    def load_bytecode(self, bucket: Bucket) -> None:
        """The code, where it is known."""
        bucket.code = self._codes.get((bucket.key, bucket.checksum, self._kind))

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep the code; the oldest goes."""
        with self._lock:
            if bucket.code:
                self._codes[bucket.key, bucket.checksum, self._kind] = bucket.code
            while len(self._codes) > _CODES:
                del self._codes[next(iter(self._codes))]


class _Settled(NodeTransformer):
    """Puts constants in the place of their names."""

    def __init__(self, constants: Constants) -> None:
        self._constants = constants

    def visit_Name(self, node: nodes.Name) -> nodes.Node:  # noqa: N802 - as jinja2 names it
        value = self._constants.get(node.name)
        return nodes.Const(value, lineno=node.lineno) if isinstance(value, str) else node

    def visit_Getattr(self, node: nodes.Getattr) -> nodes.Node:  # noqa: N802 - as jinja2 names it
        held = self._constants.get(node.node.name) if isinstance(node.node, nodes.Name) else None
        if isinstance(held, Mapping) and node.attr in held and not hasattr(held, node.attr):
            return nodes.Const(held[node.attr], lineno=node.lineno)
        return self.generic_visit(node)

    def visit_Call(self, node: nodes.Call) -> nodes.Node:  # noqa: N802 - as jinja2 names it
        told = self._constants.get(node.node.name) if isinstance(node.node, nodes.Name) else None
        text = _only_text(node)
        if text is None or "{" in text or not callable(told):
            return self.generic_visit(node)
        return nodes.Const(told(text), lineno=node.lineno)


def _only_text(node: nodes.Call) -> str | None:
    """What a call gives on where that is one text and nothing else."""
    more = (*node.args[1:], *node.kwargs, node.dyn_args, node.dyn_kwargs)
    first = node.args[0] if node.args and not any(more) else None
    return first.value if isinstance(first, nodes.Const) and isinstance(first.value, str) else None
