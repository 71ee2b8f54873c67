"""Posting an alert: one JSON document, signed where there is a secret, to an address guarded as a source's is."""

import hashlib
import hmac
import json

from newsletter.app.alerts.addressees import webhook_address
from newsletter.app.alerts.wording import document
from newsletter.app.fetching import permitted
from newsletter.app.workspace import Workspace
from newsletter.model.alerting import Telling
from newsletter.net.guarded import Guard, Limits
from newsletter.net.posting import post

SIGNATURE = "Newsletter-Signature"
LIMITS = Limits(seconds=10.0, wait=5.0, redirects=0)


def post_alert(ws: Workspace, one: Telling) -> str:
    """Post it; why it was not taken, or nothing where it was. No address stands in the words."""
    address = webhook_address(ws)
    if not address:
        return f"the variable {ws.settings.alerts.webhook_env} is not set"
    body = json.dumps(document(ws, one), ensure_ascii=False, sort_keys=True).encode()
    headers = {"Content-Type": "application/json; charset=utf-8"}
    if secret := ws.settings.secrets.alerts:
        headers[SIGNATURE] = signature(secret.get_secret_value(), int(ws.clock().timestamp()), body)
    failed = post(address, headers, body, permitted(Guard(limits=LIMITS), ws.environ))
    return failed.reason if failed else ""


def signature(secret: str, at: int, body: bytes) -> str:
    """`t=UNIX SECONDS,v1=HEX`: HMAC-SHA256 (RFC 2104) under the secret of the seconds, a full stop, the body."""
    digest = hmac.new(secret.encode(), f"{at}.".encode() + body, hashlib.sha256).hexdigest()
    return f"t={at},v1={digest}"
