"""A sink set up as mail servers are: encryption, a password, a largest size; our own road goes in where it should."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from pydantic import SecretStr
from support_dev_sink import DevSink, start_dev_sink, stop_dev_sink
from support_mail import batch, edition, row

from newsletter.devsink.manners import CA_FILE, MannersError, read_manners
from newsletter.model.delivery import Receipt
from newsletter.model.workspace import ProviderSettings, Secrets
from newsletter.providers.registry import open_provider

OPTIONS = ("starttls=true", "user=hours:canary-8f31", "size=9000", "smtputf8=true")


@pytest.fixture(scope="module")
def strict(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DevSink]:
    given = [word for option in OPTIONS for word in ("--smtp", option)]
    sink = start_dev_sink(tmp_path_factory.mktemp("strict"), *given)
    yield sink
    assert stop_dev_sink(sink) == 0


def sent(
    sink: DevSink, words: str = "Hello", address: str = "", password: str = "canary-8f31", **more: object
) -> Receipt:
    here = {"kind": "smtp", "host": "127.0.0.1", "port": sink.smtp_port, "username": "hours", "ca_file": CA_FILE}
    settings = ProviderSettings.model_validate({**here, **more})
    provider = open_provider(settings, Secrets(smtp_password=SecretStr(password)), sink.keep)
    [receipt] = provider.submit(batch([row(1, address)], of=edition(words=words)))
    provider.close()
    return receipt


def test_who_comes_as_asked_is_let_in(strict: DevSink) -> None:
    before = len(strict.messages())
    assert sent(strict).outcome == "accepted"
    assert sent(strict, address="zoë@example.org").outcome == "accepted"
    assert [one["to"] for one in strict.messages()[before:]] == [["reader1@example.org"], ["zoë@example.org"]]


def test_who_does_not_is_not_and_nobody_is_burned(strict: DevSink) -> None:
    before = len(strict.messages())
    assert sent(strict, password="wrong").outcome == "refused_for_now"
    assert sent(strict, security="none").outcome == "not_submitted"
    assert sent(strict, ca_file="").outcome == "not_submitted"
    assert sent(strict, words="0123456789\n" * 1000).outcome == "rejected"
    assert len(strict.messages()) == before
    assert not (strict.keep / "smtp-key.pem").exists()


def test_by_default_commands_may_come_at_once(dev_sink: DevSink) -> None:
    provider = open_provider(
        ProviderSettings(kind="smtp", host="127.0.0.1", port=dev_sink.smtp_port, security="none"), Secrets(), Path()
    )
    dev_sink.misbehave(refuse_rcpt=["reader2@example.org"])
    outcomes = [one.outcome for one in provider.submit(batch([row(1), row(2), row(3)]))]
    provider.close()
    assert outcomes == ["accepted", "rejected", "accepted"]
    assert dev_sink.received() == ["reader1@example.org", "reader3@example.org"]


@pytest.mark.parametrize("option", ["tls=true", "size=0", "size=much", "user=hours", "starttls"])
def test_manners_that_there_are_not_are_named(option: str) -> None:
    with pytest.raises(MannersError, match=option.split("=", maxsplit=1)[0]):
        read_manners([option])
