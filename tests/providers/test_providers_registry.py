import subprocess
import sys
from pathlib import Path

import pytest
from pydantic import SecretStr
from support_mail import batch, row

from newsletter.model.workspace import ProviderSettings, Secrets
from newsletter.providers.outbox import OutboxProvider
from newsletter.providers.registry import ProviderError, open_provider
from newsletter.providers.sendgrid import SendGridProvider
from newsletter.providers.ses import SesProvider
from newsletter.providers.smtp import SmtpProvider

KEY = Secrets(sendgrid_key=SecretStr("SG.canary"))
SES = ProviderSettings(kind="ses", username="AKIDEXAMPLE", region="eu-west-1")
SES_SECRET = Secrets(ses_secret=SecretStr("canary"))
PASSWORD = Secrets(smtp_password=SecretStr("canary"))


def test_the_outbox_hangs_from_the_workspace(tmp_path: Path) -> None:
    provider = open_provider(ProviderSettings(path="mail/out"), Secrets(), tmp_path)
    assert isinstance(provider, OutboxProvider)
    provider.submit(batch([row(1)]))
    assert len(list((tmp_path / "mail" / "out").rglob("*.eml"))) == 1


def test_each_kind_opens_its_provider(tmp_path: Path) -> None:
    smtp = ProviderSettings(kind="smtp", host="mail.example.org", username="hours")
    assert isinstance(open_provider(smtp, PASSWORD, tmp_path), SmtpProvider)
    assert isinstance(open_provider(ProviderSettings(kind="smtp"), Secrets(), tmp_path), SmtpProvider)
    assert isinstance(open_provider(ProviderSettings(kind="sendgrid"), KEY, tmp_path), SendGridProvider)
    assert isinstance(open_provider(SES, SES_SECRET, tmp_path), SesProvider)


def test_ses_is_reached_in_its_region_unless_another_address_is_set(tmp_path: Path) -> None:
    def url(settings: ProviderSettings) -> str:
        provider = open_provider(settings, SES_SECRET, tmp_path)
        assert isinstance(provider, SesProvider)
        return provider.route.url

    assert url(SES) == "https://email.eu-west-1.amazonaws.com"
    assert url(SES.model_copy(update={"api_url": "http://127.0.0.1:8080/"})) == "http://127.0.0.1:8080"


@pytest.mark.parametrize(
    ("settings", "secrets", "names"),
    [
        ({"kind": "sendgrid"}, Secrets(), "NEWSLETTER_SENDGRID_KEY"),
        ({"kind": "sendgrid"}, Secrets(sendgrid_key=SecretStr("")), "NEWSLETTER_SENDGRID_KEY"),
        ({"kind": "sendgrid"}, Secrets(sendgrid_key=SecretStr("SG.canary\nX: y")), "NEWSLETTER_SENDGRID_KEY"),
        ({"kind": "sendgrid", "api_url": "api.sendgrid.com"}, KEY, "provider.api_url"),
        ({"kind": "sendgrid", "api_url": "http://api.sendgrid.com"}, KEY, "provider.api_url"),
        ({"kind": "sendgrid", "api_url": "https://api.sendgrid.com:port"}, KEY, "provider.api_url"),
        ({"kind": "ses", "username": "AKID", "region": "eu-west-1"}, Secrets(), "NEWSLETTER_SES_SECRET"),
        ({"kind": "ses", "region": "eu-west-1"}, SES_SECRET, "provider.username"),
        ({"kind": "ses", "username": "AKID"}, SES_SECRET, "provider.region"),
        ({"kind": "ses", "username": "AKID", "region": "Ireland"}, SES_SECRET, "provider.region"),
        (
            {"kind": "ses", "username": "A", "region": "eu-west-1", "api_url": "http://ses.example.org"},
            SES_SECRET,
            "provider.api_url",
        ),
        ({"kind": "smtp", "username": "hours"}, Secrets(), "NEWSLETTER_SMTP_PASSWORD"),
        ({"kind": "smtp", "username": "h", "host": "mail.example.org", "security": "none"}, PASSWORD, "security"),
    ],
)
def test_what_is_missing_is_named_and_no_secret_is(
    settings: dict[str, str], secrets: Secrets, names: str, tmp_path: Path
) -> None:
    with pytest.raises(ProviderError, match=names) as caught:
        open_provider(ProviderSettings.model_validate(settings), secrets, tmp_path)
    assert "canary" not in str(caught.value)


def test_a_password_may_go_unencrypted_within_this_machine(tmp_path: Path) -> None:
    settings = ProviderSettings(kind="smtp", username="hours", host="127.0.0.1", security="none")
    assert isinstance(open_provider(settings, PASSWORD, tmp_path), SmtpProvider)


def test_the_outbox_does_not_load_what_other_roads_need(tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from newsletter.providers.registry import open_provider;"
        "from newsletter.model.workspace import ProviderSettings, Secrets;"
        f"open_provider(ProviderSettings(), Secrets(), Path({str(tmp_path)!r}));"
        "sys.exit(bool({'sendgrid', 'python_http_client', 'newsletter.providers.smtp'} & set(sys.modules)))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
