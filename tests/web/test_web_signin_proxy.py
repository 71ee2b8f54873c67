"""A proxy that says who is at the other end: believed from its own address alone, and asked with each request."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from support_signin import BOTH, ED, FORM, OLGA, Hosted, hosted

from newsletter.app.signing_in.desk import SignIn
from newsletter.app.signing_in.sessions import sign_ins_since

NAME = "X-Forwarded-Email"


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hosted]:
    with hosted(tmp_path_factory.mktemp("proxy"), by="proxy") as running:
        yield running


@pytest.fixture(scope="module")
def elsewhere(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hosted]:
    """The proxy is another machine than the one that asks; and Shibboleth's attribute is the one that counts."""
    settings = {"by": "proxy", "header": "mail", "proxies": ("192.0.2.0/24", "2001:db8::7")}
    with hosted(tmp_path_factory.mktemp("elsewhere"), **settings) as running:
        yield running


def test_whoever_the_proxy_names_is_in_and_acts_in_their_own_name(lab: Hosted) -> None:
    jar = lab.browser(**{NAME: "Ed@Example.org"})
    code, page, _ = jar.get("/studio/?tab=send")
    assert (code, jar.cookies) == (200, {})
    assert jar.post("/studio/act", page, act="approve", form="a", by="Somebody Else")[0] == 303
    assert lab.studio.done == [("approve", "  0", ED)]
    assert "sign out there" in jar.get("/sign-in")[1]


@pytest.mark.parametrize("name", ["nobody@example.org", "", "ed", f"{ED};{OLGA}", f"{ED}, {OLGA}", f"<{ED}>"])
def test_whom_the_settings_do_not_name_the_proxy_brings_in_vain(lab: Hosted, name: str) -> None:
    jar = lab.browser(**{NAME: name})
    code, _, headers = jar.get("/studio/")
    assert (code, headers["location"]) == (303, f"{lab.server.url}/sign-in")
    assert "named nobody who may come in" in jar.get("/sign-in")[1]


def test_roles_are_those_of_the_settings(lab: Hosted) -> None:
    assert lab.browser(**{NAME: OLGA}).get("/studio/")[0] == 403
    assert lab.browser(**{NAME: BOTH}).get("/studio/")[0] == 200


def test_without_the_header_nobody_is_in(lab: Hosted) -> None:
    assert lab.browser().get("/studio/")[0] == 303
    assert lab.browser(**{"X-Forwarded-User": ED}).get("/studio/")[0] == 303


def test_a_request_that_says_twice_who_it_is_from_is_refused(lab: Hosted) -> None:
    jar = lab.browser(**{NAME: ED, NAME.lower(): BOTH})
    assert jar.get("/studio/")[0] == 400


def test_no_link_is_mailed_where_a_proxy_signs_in(lab: Hosted) -> None:
    jar = lab.browser()
    page = jar.get("/sign-in")[1]
    assert jar.post("/sign-in", page, address=ED)[0] == 403
    assert lab.mailed() == []


def test_the_header_is_refused_from_anybody_but_the_proxy(elsewhere: Hosted) -> None:
    for path in ("/studio/", "/sign-in"):
        assert elsewhere.browser(mail=ED).get(path)[0] == 403
    for claim in ("X-Forwarded-For", "Forwarded", "X-Real-IP"):
        assert elsewhere.browser(**{"mail": ED, claim: "192.0.2.4"}).get("/studio/")[0] == 403
    assert elsewhere.browser().get("/studio/")[0] == 303


def test_another_sites_form_does_nothing_although_the_proxy_vouches_for_the_browser(lab: Hosted) -> None:
    lab.studio.__init__()
    jar, page = lab.browser(**{NAME: ED}), lab.browser(**{NAME: BOTH}).get("/studio/?tab=send")[1]
    own = jar.get("/studio/?tab=send")[1]
    assert jar.post("/studio/act", own, {"Origin": "https://evil.example.org"}, act="test", form="b")[0] == 403
    assert jar.post("/studio/act", own, {"Origin": ""}, act="test", form="b")[0] == 403
    assert jar.post("/studio/act", page, act="test", form="b")[0] == 403, "the form of somebody else"
    assert (
        jar.send("POST", "/studio/act", "act=test&form=b", {"Origin": lab.server.url, "Content-Type": FORM})[0] == 403
    )
    assert lab.studio.done == []
    assert re.search('name="token" value="[0-9a-f]{64}"', own)


def test_the_log_tells_of_somebody_once_in_a_while(lab: Hosted) -> None:
    lab.clock.sleep(13 * 3600)
    start, jar = lab.clock.now, lab.browser(**{NAME: ED})
    for _ in range(3):
        jar.get("/studio/")
    lab.clock.sleep(12 * 3600)
    jar.get("/studio/")
    assert [(one.kind, who) for one, who in sign_ins_since(lab.ws, start)] == [("signed in", ED)] * 2


@pytest.mark.parametrize(
    ("peer", "trusted"),
    [
        ("192.0.2.77", True),
        ("::ffff:192.0.2.77", True),
        ("2001:db8::7", True),
        ("192.0.3.77", False),
        ("2001:db8::8", False),
        ("127.0.0.1", False),
        ("", False),
        ("testclient", False),
        ("192.0.2.77, 10.0.0.1", False),
    ],
)
def test_a_proxy_is_known_by_its_address(elsewhere: Hosted, peer: str, trusted: bool) -> None:
    assert SignIn(elsewhere.ws).trusts(peer) is trusted


def test_by_mail_the_header_says_nothing(tmp_path: Path) -> None:
    with hosted(tmp_path) as running:
        assert running.browser(**{NAME: ED}).get("/studio/")[0] == 303
