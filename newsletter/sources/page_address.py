"""Where a site publishes a page, told from where its file lies: what a generator does with file names by itself."""

import re
from pathlib import PurePosixPath
from urllib.parse import quote

_DATED = re.compile(r"\d{4}-\d\d-\d\d[-_](?=.)")
_INDEXES = frozenset({"index", "_index", "README"})


def page_address(pattern: str, path: str, slug: str = "") -> str:
    """The page's address below the site's, by a pattern such as `/{path}/`; empty where there is no pattern.

    `{path}` is the file's path below `content/` without its ending, `{slug}` the same without a date before the name;
    a page's own `slug` takes the place of the name. Files (`.html`) keep their letters, folders are lower-cased.
    """
    word = next((word for word in ("{path}", "{slug}") if word in pattern), "")
    if not word:
        return ""
    is_file = pattern.endswith(f"{word}.html")
    folders, name = _split(path, keep_index=is_file)
    name = slug or (_DATED.sub("", name) if word == "{slug}" else name)
    inner = "/".join([*folders, name]).strip("/")
    inner = inner if is_file else re.sub(r"\s+", "-", inner.casefold())
    return re.sub(r"/{2,}", "/", pattern.replace(word, quote(inner)))


def _split(path: str, *, keep_index: bool) -> tuple[list[str], str]:
    """The folders and the name; an index page goes by its folder's."""
    *folders, name = PurePosixPath(path).with_suffix("").parts
    if folders[:1] == ["content"]:
        folders = folders[1:]
    if name in _INDEXES and not keep_index:
        name = folders.pop() if folders else ""
    return folders, name
