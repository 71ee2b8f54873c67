"""What every road out promises, tried against real files and a real server."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from email import message_from_bytes
from pathlib import Path

import pytest
from pydantic import SecretStr
from support_dev_sink import DevSink
from support_mail import batch, row

from newsletter.model.delivery import Provider
from newsletter.providers.outbox import OutboxProvider
from newsletter.providers.sendgrid import SendGridProvider, SendGridRoute
from newsletter.providers.ses import SesProvider, SesRoute
from newsletter.providers.smtp import SmtpProvider, SmtpRoute


@dataclass(frozen=True)
class Road:
    """A provider, what arrived at its end, an address that end refuses, and the same road leading nowhere."""

    provider: Provider
    arrived: Callable[[], list[str]]
    refused: str
    nowhere: Provider


def outbox_road(folder: Path) -> Road:
    def arrived() -> list[str]:
        return sorted(str(message_from_bytes(path.read_bytes())["To"]) for path in folder.rglob("*.eml"))

    blocked = folder / "blocked"
    blocked.write_text("no folder")
    return Road(OutboxProvider(folder), arrived, "nobody@example.org\r\nX-Injected: 1", OutboxProvider(blocked))


def smtp_road(sink: DevSink) -> Road:
    sink.misbehave(refuse_rcpt=["nobody@example.org"])
    provider = SmtpProvider(SmtpRoute("127.0.0.1", sink.smtp_port, "none", timeout=60, dot_timeout=60))
    return Road(provider, sink.received, "nobody@example.org", SmtpProvider(SmtpRoute("127.0.0.1", 9, "none")))


def ses_road(sink: DevSink) -> Road:
    sink.misbehave(refuse_rcpt=["nobody@example.org"])

    def to(url: str) -> SesProvider:
        return SesProvider(SesRoute("eu-west-1", "AKIDEXAMPLE", SecretStr("test"), url, timeout=60))

    return Road(to(sink.api_url), sink.received, "nobody@example.org", to("http://127.0.0.1:9"))


def sendgrid_road(sink: DevSink) -> Road:
    sink.misbehave(refuse_rcpt=["nobody@example.org"])
    key = SecretStr("SG.test")
    provider = SendGridProvider(SendGridRoute(sink.api_url, key, timeout=60))
    return Road(
        provider, sink.received, "nobody@example.org", SendGridProvider(SendGridRoute("http://127.0.0.1:9", key))
    )


@pytest.fixture(params=["outbox", "smtp", "sendgrid", "ses"])
def road(request: pytest.FixtureRequest, tmp_path: Path, dev_sink: DevSink) -> Iterator[Road]:
    roads = {
        "outbox": lambda: outbox_road(tmp_path),
        "smtp": lambda: smtp_road(dev_sink),
        "sendgrid": lambda: sendgrid_road(dev_sink),
        "ses": lambda: ses_road(dev_sink),
    }
    made = roads[request.param]()
    yield made
    made.provider.close()


def outcomes(provider: Provider, *numbers: int) -> dict[str, str]:
    return {one.delivery_id: one.outcome for one in provider.submit(batch([row(number) for number in numbers]))}


def test_what_is_accepted_arrived_exactly_once(road: Road) -> None:
    assert outcomes(road.provider, 1, 2, 3) == {"d-1": "accepted", "d-2": "accepted", "d-3": "accepted"}
    assert road.arrived() == ["reader1@example.org", "reader2@example.org", "reader3@example.org"]


def test_one_receipt_for_every_row_and_none_besides(road: Road) -> None:
    rows = [row(1), row(2, road.refused), row(3), row(4, "reader1@example.org")]
    receipts = road.provider.submit(batch(rows))
    assert sorted(one.delivery_id for one in receipts) == ["d-1", "d-2", "d-3", "d-4"]


def test_a_refused_recipient_costs_only_itself(road: Road) -> None:
    rows = [row(1), row(2, road.refused), row(3)]
    found = {one.delivery_id: one for one in road.provider.submit(batch(rows))}
    assert {name: one.outcome for name, one in found.items()} == {
        "d-1": "accepted",
        "d-2": "rejected",
        "d-3": "accepted",
    }
    assert found["d-2"].detail
    assert road.arrived() == ["reader1@example.org", "reader3@example.org"]


def test_nothing_is_submitted_where_the_end_cannot_be_reached(road: Road) -> None:
    receipts = road.nowhere.submit(batch([row(1), row(2)]))
    assert [one.outcome for one in receipts] == ["not_submitted", "not_submitted"]
    assert all(one.detail for one in receipts)


def test_a_second_batch_goes_the_same_way(road: Road) -> None:
    assert set(outcomes(road.provider, 1).values()) == {"accepted"}
    assert set(outcomes(road.provider, 2).values()) == {"accepted"}
    assert road.arrived() == ["reader1@example.org", "reader2@example.org"]


def test_an_empty_batch_is_no_error(road: Road) -> None:
    assert list(road.provider.submit(batch([]))) == []


def test_closing_twice_is_no_error(road: Road) -> None:
    road.provider.submit(batch([row(1)]))
    road.provider.close()
    road.provider.close()


NETWORKS = {"smtp": smtp_road, "sendgrid": sendgrid_road, "ses": ses_road}


@pytest.fixture(params=sorted(NETWORKS))
def network(request: pytest.FixtureRequest, dev_sink: DevSink) -> Iterator[Road]:
    made = NETWORKS[request.param](dev_sink)
    dev_sink.misbehave()
    yield made
    made.provider.close()


def test_an_answer_lost_after_the_message_leaves_it_unknown_though_it_arrived(
    network: Road, dev_sink: DevSink
) -> None:
    dev_sink.misbehave(drop_after=1)
    assert outcomes(network.provider, 1) == {"d-1": "unknown"}
    assert network.arrived() == ["reader1@example.org"]


def test_too_much_at_once_waits_and_burns_nobody(network: Road, dev_sink: DevSink) -> None:
    dev_sink.misbehave(throttle=50)
    assert set(outcomes(network.provider, 1, 2).values()) == {"refused_for_now"}
    dev_sink.misbehave()
    assert set(outcomes(network.provider, 1, 2).values()) == {"accepted"}
    assert network.arrived() == ["reader1@example.org", "reader2@example.org"]


def test_an_end_slower_than_usual_is_waited_for(network: Road, dev_sink: DevSink) -> None:
    dev_sink.misbehave(delay=0.4)
    assert outcomes(network.provider, 1) == {"d-1": "accepted"}


def test_smtp_lost_before_the_message_has_submitted_nothing(dev_sink: DevSink) -> None:
    provider = smtp_road(dev_sink).provider
    dev_sink.misbehave(drop_before=1)
    assert outcomes(provider, 1) == {"d-1": "not_submitted"}
    assert outcomes(provider, 1) == {"d-1": "accepted"}
    assert dev_sink.received() == ["reader1@example.org"]
    provider.close()


@pytest.mark.parametrize("road_to", [sendgrid_road, ses_road])
def test_http_lost_before_the_answer_cannot_be_told_from_lost_after(
    road_to: Callable[[DevSink], Road], dev_sink: DevSink
) -> None:
    provider = road_to(dev_sink).provider
    dev_sink.misbehave(drop_before=1)
    assert outcomes(provider, 1) == {"d-1": "unknown"}
    assert dev_sink.received() == []
    provider.close()


@pytest.mark.parametrize(
    ("road_to", "outcome"), [(smtp_road, "refused_for_now"), (sendgrid_road, "unknown"), (ses_road, "unknown")]
)
def test_trouble_at_the_other_end(road_to: Callable[[DevSink], Road], outcome: str, dev_sink: DevSink) -> None:
    provider = road_to(dev_sink).provider
    dev_sink.misbehave(fail=1)
    assert outcomes(provider, 1) == {"d-1": outcome}
    provider.close()
