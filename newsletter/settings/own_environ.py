"""Variables for one community alone, where several run in one process and each has keys of its own."""

import tomllib
from collections.abc import Mapping

PREFIX = "NEWSLETTER_"


def own_prefix(community: str) -> str:
    """What stands before a variable that is meant for this community: `NEWSLETTER__DATA_LAB__`."""
    return f"{PREFIX}_{community.upper().replace('-', '_')}__"


def own_environ(environ: Mapping[str, str], community: str) -> Mapping[str, str]:
    """The environment as this community sees it: `NEWSLETTER__DATA_LAB__X` stands for `NEWSLETTER_X`.

    One of its own takes the place of both forms, the value and the `_FILE`. Those of others are not in it.
    """
    mine = own_prefix(community)
    own = {name.removeprefix(mine): value for name, value in environ.items() if name.startswith(mine) and value}
    bare = {name.removesuffix("_FILE") for name in own}
    hidden = {f"{PREFIX}{name}{ending}" for name in bare for ending in ("", "_FILE")}
    found = {name: value for name, value in environ.items() if name not in hidden}
    found |= {f"{PREFIX}{name}": value for name, value in own.items()}
    return {name: value for name, value in found.items() if not name.startswith(f"{PREFIX}_")}


def community_in(text: str) -> str:
    """The community that a config.toml names; empty where it cannot be read, which is told elsewhere."""
    try:
        found = tomllib.loads(text).get("community", {})
    except tomllib.TOMLDecodeError:
        return ""
    name = found.get("id", "") if isinstance(found, dict) else ""
    return name if isinstance(name, str) else ""
