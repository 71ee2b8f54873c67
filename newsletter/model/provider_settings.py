"""Settings of the road out: which it is, how it is reached, and how its mail is signed."""

from typing import Literal

from pydantic import Field

from newsletter.model.event_settings import EventSettings
from newsletter.model.strict import Strict


class DkimSettings(Strict):
    """Which domain signs mails that go over SMTP, and under which selector of its DNS; the key is a secret."""

    domain: str = ""
    selector: str = ""


class ProviderSettings(EventSettings):
    """The road out. Secrets never stand here: environment, or a 0600 file the environment names.

    Over SMTP, `ca_file` is who is believed about the server's certificate (PEM; empty: whom the system believes),
    and `connections` carry a batch side by side, `messages_per_connection` each before it is opened anew. With SES,
    `region` says where the account is, and `username` is the access key's id.
    """

    kind: Literal["outbox", "smtp", "sendgrid", "ses"] = "outbox"
    path: str = "outbox"
    host: str = "localhost"
    port: int = Field(default=0, ge=0, le=65535)
    security: Literal["none", "starttls", "tls"] = "starttls"
    username: str = ""
    api_url: str = "https://api.sendgrid.com"
    region: str = ""
    sandbox: bool = False
    timeout: float = Field(default=60.0, gt=0)
    batch: int = Field(default=100, ge=1, le=1000)
    ca_file: str = ""
    connections: int = Field(default=1, ge=1, le=20)
    messages_per_connection: int = Field(default=100, ge=1)
    dkim: DkimSettings = DkimSettings()
