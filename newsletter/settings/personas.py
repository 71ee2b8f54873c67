"""personas.toml: the named readers an editor previews as."""

from pydantic import TypeAdapter, ValidationError

from newsletter.language.languages import known_codes, words_code
from newsletter.model.people import Persona
from newsletter.model.workspace import Settings
from newsletter.settings.meaning import is_zone
from newsletter.settings.reading import SettingsError, TomlFile, parse_table

_ADAPTER = TypeAdapter(Persona)


def default_persona(settings: Settings) -> Persona:
    """The reader everybody is before they choose: all topics, the community's zone."""
    home = settings.community
    return Persona("default", "A reader at home, all topics", home.timezone, language=home.language)


def read_personas(file: TomlFile | None, settings: Settings) -> tuple[Persona, ...]:
    """The personas in file order, or the default one where there is no file; SettingsError names the key."""
    table = parse_table(file).get("personas", {}) if file else {}
    if not file or not table:
        return (default_persona(settings),)
    return tuple(_persona(name, values, file, settings) for name, values in table.items())


def _persona(name: str, values: object, file: TomlFile, settings: Settings) -> Persona:
    fields = values if isinstance(values, dict) else {}
    try:
        persona = _ADAPTER.validate_python(
            {
                "name": name,
                "title": name,
                "timezone": settings.community.timezone,
                "language": settings.community.language,
                **fields,
            }
        )
    except ValidationError as error:
        detail = error.errors()[0]
        key = ("personas", name, *map(str, detail["loc"]))
        text = f"`{'.'.join(key)}`: {detail['msg'].lower()}"
        raise SettingsError((file.problem("settings.value", text, key),)) from None
    _check(persona, file, settings)
    return persona


def _check(persona: Persona, file: TomlFile, settings: Settings) -> None:
    if not is_zone(persona.timezone):
        text = f"{persona.timezone!r} is not a time zone; write one like Europe/Berlin"
        raise SettingsError((file.problem("settings.timezone", text, ("personas", persona.name, "timezone")),))
    if not words_code(persona.language):
        text = f"{persona.language!r} is not a language there are words for; there are {', '.join(known_codes())}"
        raise SettingsError((file.problem("settings.language", text, ("personas", persona.name, "language")),))
    for topic in persona.topics or ():
        if topic not in settings.topics:
            text = f"there is no topic {topic!r} in subscribers/lists.toml"
            raise SettingsError((file.problem("settings.unknown-name", text, ("personas", persona.name, "topics")),))
    for digest in persona.digests or ():
        if digest not in settings.digests:
            text = f"there is no digest {digest!r} in config.toml; it has {', '.join(settings.digests) or 'none'}"
            raise SettingsError((file.problem("settings.unknown-name", text, ("personas", persona.name, "digests")),))
