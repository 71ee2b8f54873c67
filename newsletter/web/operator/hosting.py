"""The operator's pages below the public address, for operators who are signed in, and on one's own machine."""

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.routing import Mount, Route

from newsletter.app.operator.desk import OperatorDesk
from newsletter.app.signing_in.desk import SignIn
from newsletter.app.signing_in.people import OPERATOR
from newsletter.web.forms import LARGEST_BODY
from newsletter.web.guards import BodyLimit, FixedHeaders
from newsletter.web.operator.app import Fill, OperatorPages, asset, operator_routes
from newsletter.web.operator.local import STYLE, LocalGate, Ticket
from newsletter.web.operator.watching import Watching
from newsletter.web.signin.gate import SignInGate
from newsletter.web.signin.pages import SignInPages
from newsletter.web.studio.app import PAGE_HEADERS, new_key
from newsletter.web.studio.gate import ENTRY

#: No frame of theirs and no picture from anywhere: they show numbers, and now and then an address.
HEADERS = {
    **PAGE_HEADERS,
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src data:; "
        "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    ),
    "X-Frame-Options": "DENY",
    "X-Robots-Tag": "noindex, nofollow",
}


def hosted_operator(sign_in: SignIn, desk: OperatorDesk, fill: Fill, watching: Watching) -> Starlette:
    """The pages behind the gate for operators; an editor is told that they are not theirs."""
    pages, denied = OperatorPages(desk, fill, watching, key=new_key(), home=sign_in.path), SignInPages(sign_in).denied
    sign_in.tell_of_ends(watching.changes.wake)
    app = Starlette(
        routes=operator_routes(pages),
        middleware=[
            Middleware(FixedHeaders, headers=HEADERS),
            Middleware(SignInGate, desk=sign_in, role="operator", denied=denied),
            Middleware(BodyLimit, limit=LARGEST_BODY),
        ],
    )
    # A slash too many would be taken off without the path of a community that has one.
    app.router.redirect_slashes = False
    return app


def local_operator(desk: OperatorDesk, fill: Fill, watching: Watching, ticket: Ticket) -> Starlette:
    """The pages for whoever has this machine, and was given the address that the command printed."""
    pages = OperatorPages(desk, fill, watching, key=new_key())
    app = Starlette(
        routes=[
            Route(f"{ENTRY}{{word}}", ticket.door, methods=["GET"]),
            Route(f"{ENTRY}{{word}}", ticket.enter, methods=["POST"]),
            Route(STYLE, asset("operator.css")),
            Mount(f"/{OPERATOR}", routes=operator_routes(pages)),
        ],
        middleware=[
            Middleware(FixedHeaders, headers=HEADERS),
            Middleware(LocalGate, ticket=ticket),
            Middleware(BodyLimit, limit=LARGEST_BODY),
        ],
    )
    # A slash that is missing would be added under whatever Host the request names.
    app.router.redirect_slashes = False
    return app
