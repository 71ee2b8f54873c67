"""The public pages of one workspace as ready HTML: asking whether to leave, having left, a link that is not ours."""

from newsletter.app.addressing import LEAVE
from newsletter.app.subscribing import Leaving, leave, look_up_leave
from newsletter.app.theme_files import TEMPLATES, load_templates
from newsletter.app.workspace import Workspace
from newsletter.people.tokens import read_token
from newsletter.render.pages import page
from newsletter.store import subscribers

FOLDER = f"{TEMPLATES}/pages"
GONE = ("left", "bounced", "complained", None)


class PublicPages:
    """What the public web asks of a workspace. Templates are read afresh, so that editing one needs no restart."""

    def __init__(self, ws: Workspace) -> None:
        self.ws = ws

    def leave_page(self, token: str) -> str | None:
        """The page that asks whether to leave, or says that it is done; None for a token that is not ours."""
        found = look_up_leave(self.ws, token)
        if found is None:
            return None
        return self._page("left.html" if found.state in GONE else "unsubscribe.html", found, token)

    def leave(self, token: str, how: str) -> bool:
        """Leave the list; again is no change. False for a token that is not ours."""
        return leave(self.ws, token, how)

    def left_page(self, token: str) -> str:
        """The page after leaving."""
        return self._page("left.html", look_up_leave(self.ws, token), token)

    def invalid_page(self) -> str:
        """The page for a link that does not work; RenderError where a template is at fault."""
        return self._page("invalid.html", None, "")

    def healthy(self) -> bool:
        """Whether the store answers."""
        with self.ws.store.read() as connection:
            subscribers.by_id(connection, self.ws.settings.community.id, "")
        return True

    def _page(self, name: str, found: Leaving | None, token: str) -> str:
        community = self.ws.settings.community
        context = {"community": community, "address": self._address(token)}
        if found is not None:
            context["list_title"] = found.title
        return page(dict(load_templates(self.ws.root / FOLDER)), name, context, FOLDER)

    def _address(self, token: str) -> str:
        """The reader's address, masked: whoever was forwarded the mail learns nothing from its link."""
        claim = read_token((self.ws.secret,), token, LEAVE) if token else None
        if claim is None:
            return ""
        with self.ws.store.read() as connection:
            person = subscribers.by_id(connection, self.ws.settings.community.id, claim.subject)
        return masked(person.address) if person else "This address"


def masked(address: str) -> str:
    """An address its owner knows again and nobody else can write to: "a…@e….org"."""
    local, _, domain = address.rpartition("@")
    name, dot, top = domain.rpartition(".")
    return f"{local[:1]}…@{(name or top)[:1]}…{dot}{top if name else ''}"
