"""The studio below the public address: the same pages, for editors who are signed in."""

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.routing import Mount, Route
from starlette.types import ASGIApp

from newsletter.app.signing_in.desk import SignIn
from newsletter.app.signing_in.people import OPERATOR, STUDIO
from newsletter.web.guards import BodyLimit, FixedHeaders
from newsletter.web.signin.gate import SignInGate
from newsletter.web.signin.pages import SignInPages, sign_in_routes
from newsletter.web.studio.app import LARGEST_FORM, PAGE_HEADERS, PreviewPages, new_key, studio_routes
from newsletter.web.studio.changes import Changes
from newsletter.web.studio.desk import Fill, PreviewDesk


def with_studio(
    public: ASGIApp, sign_in: SignIn, desk: PreviewDesk, fill: Fill, changes: Changes, operator: ASGIApp | None = None
) -> Starlette:
    """The public pages, with the sign-in, the studio and the operator's pages beside them."""
    doors = SignInPages(sign_in)
    studio = hosted_studio(sign_in, doors, desk, fill, changes)
    app = Starlette(
        routes=[
            *sign_in_routes(sign_in, doors),
            Mount(f"/{STUDIO}", studio),
            *([Mount(f"/{OPERATOR}", operator)] if operator else []),
            Mount("/", public),
        ]
    )
    # A slash that is missing would be added under whatever Host the request names.
    app.router.redirect_slashes = False
    return app


def hosted_studio(sign_in: SignIn, doors: SignInPages, desk: PreviewDesk, fill: Fill, changes: Changes) -> Starlette:
    """The studio's pages behind the gate for editors."""
    pages = PreviewPages(desk, fill, changes, key=new_key(), cookie="")
    sign_in.tell_of_ends(changes.wake)
    routes: list[Route] = studio_routes(pages)
    app = Starlette(
        routes=routes,
        middleware=[
            Middleware(FixedHeaders, headers=PAGE_HEADERS),
            Middleware(SignInGate, desk=sign_in, role="editor", denied=doors.denied),
            Middleware(BodyLimit, limit=LARGEST_FORM),
        ],
    )
    # A slash too many would be taken off without the path of a community that has one.
    app.router.redirect_slashes = False
    return app
