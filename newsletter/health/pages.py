"""Judging what the public pages answer: whether readers reach them, and leave by one click (RFC 8058, 3.1)."""

from ipaddress import ip_address
from urllib.parse import urlsplit

from newsletter.model.health import Condition, Finding, ok
from newsletter.net.asking import Said


def judge_base_url(base_url: str) -> Finding:
    """Whether the address in every mail is one that a reader can open, and nobody on the way can read."""
    parts = urlsplit(base_url)
    if _is_local(parts.hostname or ""):
        text = f"web.base_url is {base_url}: only this machine can open the links in your mails"
        advice = "Set it to the https address under which readers reach these pages"
        return Finding("pages", "warning", "doctor.pages-local", text, advice)
    if parts.scheme != "https":
        text = f"web.base_url is {base_url}: mail clients leave by one click over https alone (RFC 8058)"
        return Finding("pages", "error", "doctor.pages-plain", text, "Serve the pages over https, and write so")
    return ok("pages", f"Links in mails lead to {base_url}")


def judge_one_click(url: str, said: Said, in_use: bool = True) -> Finding:
    """Whether a POST without cookie or login leaves, with an answer of its own and no other page behind it.

    That nobody answers is an error where links are `in_use`; before, the program may be yet to run.
    """
    place = f"{urlsplit(url).scheme}://{urlsplit(url).netloc}"
    if not said.status:
        text = f"The public pages at {place} could not be asked: {said.reason}"
        advice = "Start `newsletter run`, and look at the proxy in front of it"
        condition: Condition = "error" if in_use else "warning"
        return Finding(
            "pages", condition, "doctor.pages-unreachable", text, advice + ("" if in_use else ", before mails leave")
        )
    if 300 <= said.status < 400:
        text = f"Leaving by one click is sent elsewhere by {place} ({said.status}): mail clients do not follow"
        advice = "Let POST /u/ pass through the proxy as it is: no redirect to www, https or a login"
        return Finding("pages", "error", "doctor.one-click-redirect", text, advice)
    if said.status != 200:
        text = f"Leaving by one click is answered {said.status} by {place}, where 200 is asked for"
        advice = "Let POST /u/ pass without login or form token; is it this workspace's server that answers?"
        return Finding("pages", "error", "doctor.one-click-status", text, advice)
    if "set-cookie" in said.headers:
        text = f"{place} sets a cookie on who leaves by one click"
        return Finding("pages", "warning", "doctor.one-click-cookie", text, "Keep cookies of the proxy off /u/")
    return ok("pages", "Leaving by one click: answered 200, without redirect, cookie or login")


def _is_local(host: str) -> bool:
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return not ip_address(host).is_global
    except ValueError:
        return not host
