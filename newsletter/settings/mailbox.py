"""What a schema cannot say of the mailbox that people write to."""

import re
from collections.abc import Iterator

from newsletter.model.workspace import Settings
from newsletter.settings.coverage import Fault

# It stands in every mail's header and in a mailto link, so it is plainer than what a mailbox may be called.
_ADDRESS = re.compile(r"[A-Za-z0-9._+-]{1,64}@[A-Za-z0-9.-]+")


def check_mailbox(settings: Settings) -> Iterator[Fault]:
    """That a mailbox has an address, a place to read it, and a list that there is."""
    box = settings.mailbox
    if not box.kind:
        return
    if not _ADDRESS.fullmatch(box.address):
        text = f"`mailbox.address` is not a plain e-mail address: {box.address!r}; it is what people write to"
        yield ("mailbox", "address"), "settings.address", text
    needed = "host" if box.kind == "imap" else "path"
    if not getattr(box, needed):
        yield ("mailbox", "kind"), "settings.value", f"a mailbox of kind {box.kind!r} needs `mailbox.{needed}`"
    if box.list and box.list not in settings.lists:
        text = f"`mailbox.list` names {box.list!r}; lists.toml has {', '.join(settings.lists) or 'none'}"
        yield ("mailbox", "list"), "settings.unknown-name", text
