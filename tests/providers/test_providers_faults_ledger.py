"""What a fault of the line does to a sending: real pump, real ledger, real road, real proxy, and the server's log."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from random import Random

import pytest
from pydantic import SecretStr
from support_dev_sink import DevSink
from support_fault_proxy import OnTheWay, Proxies, proxies
from support_mail import edition
from support_workspace import KEY, NOW, Clock, open_at, render, with_issue, with_readers

from newsletter.app.sending.auditing import audit_mailing
from newsletter.app.sending.planning import RenderEdition
from newsletter.app.sending.pump import apply_notices, plan_issue, pump, status
from newsletter.app.workspace import Workspace, with_settings
from newsletter.devsink.fault_proxy import Talks
from newsletter.devsink.faults import Fault, Kind
from newsletter.devsink.stages import Moment
from newsletter.model.delivery import Batch, Notice, Outcome, Provider, Receipt
from newsletter.model.guarding import GuardSettings
from newsletter.model.issue import Choices
from newsletter.model.ledger import Baseline, Rendered
from newsletter.providers.sendgrid import SendGridProvider, SendGridRoute
from newsletter.providers.smtp import SmtpProvider, SmtpRoute

HOUR = timedelta(hours=1)


@pytest.fixture(scope="module")
def made() -> Iterator[Proxies]:
    with proxies() as on_one_loop:
        yield on_one_loop


@dataclass
class Sending:
    """One issue on its way over a line that may have faults."""

    ws: Workspace
    clock: Clock
    line: OnTheWay
    provider: Provider

    def go(self, batch: int = 10) -> dict[str, int]:
        """Send what is due, an hour later than before; how many stand in which state."""
        pump(self.ws, self.provider, KEY, self.clock, batch=batch, worker_id="w", jitter=lambda: 0.0)
        self.clock.now += HOUR
        return {state: count for state, count in status(self.ws, KEY)["states"].items() if count}


def long_mail(choices: Choices, baseline: Baseline | None) -> Rendered:
    """More than the buffers of the way hold: until the other side reads, a sender knows that it is not whole."""
    return Rendered(edition(words="0123456789 \n" * 25_000))


def planned(root: Path, clock: Clock, readers: int, mail: RenderEdition = render) -> Workspace:
    ws = with_settings(open_at(root, clock), guards=GuardSettings(breaker=0, deadline="", reserve_mb=0))
    with_readers(ws, readers)
    with_issue(ws)
    plan_issue(ws, KEY, mail, NOW)
    return ws


def sending(
    root: Path, made: Proxies, sink: DevSink, talks: Talks, *faults: Fault, readers: int = 3, timeout: float = 60
) -> Sending:
    clock = Clock()
    ws = planned(root, clock, readers, long_mail)
    line = made.before(talks, sink.smtp_port if talks == "smtp" else sink.http_port, faults)
    smtp = SmtpProvider(SmtpRoute("127.0.0.1", line.port, "none", timeout=timeout, dot_timeout=60))
    http = SendGridProvider(SendGridRoute(line.url, SecretStr("SG.test"), timeout))
    return Sending(ws, clock, line, smtp if talks == "smtp" else http)


def test_check_06_a_reply_that_was_dropped_is_unknown_not_tried_again_and_settled_by_an_event(
    tmp_path: Path, made: Proxies, dev_sink: DevSink
) -> None:
    run = sending(tmp_path, made, dev_sink, "http", Fault(kind="drop_reply", times=1))
    assert run.go() == {"unknown": 3}
    assert [run.go() for _ in range(5)] == [{"unknown": 3}] * 5
    assert dev_sink.requests() == 1
    assert len(set(dev_sink.received())) == 3

    unknown = audit_mailing(run.ws, KEY).unknown
    apply_notices(run.ws, [Notice(one, "delivered", run.clock.now) for one in unknown])
    assert run.go() == {"delivered": 3}
    assert audit_mailing(run.ws, KEY).violations == ()
    run.provider.close()


@pytest.mark.parametrize("talks", ["http", "smtp"])
def test_check_07_a_reset_before_the_body_is_whole_is_tried_again_and_one_copy_arrives(
    tmp_path: Path, made: Proxies, dev_sink: DevSink, talks: Talks
) -> None:
    run = sending(tmp_path, made, dev_sink, talks, Fault(kind="reset", when="before", times=3), readers=1)
    states = [run.go() for _ in range(4)]
    assert states[-1] == {"accepted": 1}
    assert states[0] == {"pending": 1}
    assert dev_sink.received() == ["reader00000@example.org"]
    run.provider.close()


@pytest.mark.parametrize(
    ("kind", "when", "after_one", "after_two"),
    [
        ("limit_data", "before", "pending", "accepted"),
        ("reset", "before", "pending", "accepted"),
        ("reset", "after", "unknown", "unknown"),
        ("drop_reply", "after", "unknown", "unknown"),
    ],
)
def test_check_08_smtp_that_breaks_is_tried_again_before_the_dot_and_never_after_it(
    tmp_path: Path,
    made: Proxies,
    dev_sink: DevSink,
    kind: Kind,
    when: Moment,
    after_one: str,
    after_two: str,
) -> None:
    run = sending(tmp_path, made, dev_sink, "smtp", Fault(kind=kind, when=when, times=1, size=2), readers=1)
    assert run.go() == {after_one: 1}
    assert run.go() == {after_two: 1}
    assert dev_sink.received() == ["reader00000@example.org"]
    run.provider.close()


@pytest.mark.parametrize("talks", ["http", "smtp"])
def test_check_14_a_provider_that_hangs_lets_its_worker_go_and_the_others_are_sent(
    tmp_path: Path, made: Proxies, dev_sink: DevSink, talks: Talks
) -> None:
    hanging = Fault(kind="hang", when="before", times=1)
    run = sending(tmp_path, made, dev_sink, talks, hanging, readers=4, timeout=2 if talks == "smtp" else 15)
    states = [run.go(batch=2)]
    while "pending" in states[-1] and len(states) < 10:  # on a busy machine, others may have to wait as well
        states.append(run.go(batch=2))
    assert run.line.struck() == 1
    assert states[-1] == {"accepted": 4}
    assert len(dev_sink.received()) == len(set(dev_sink.received())) == 4
    run.provider.close()


class Doubtful:
    """Takes some of what it is given and never says so: every end is unknown, in one of its three ways."""

    def __init__(self, seed: int) -> None:
        self.rng = Random(seed)
        self.asked: Counter[str] = Counter()

    def submit(self, batch: Batch) -> Sequence[Receipt]:
        self.asked.update(row.delivery_id for row in batch.rows)
        way = self.rng.choice(("says so", "says nothing", "breaks"))
        if way == "breaks":
            raise RuntimeError("the road broke in the middle of a batch")
        outcome: Outcome = "unknown"
        return [Receipt(row.delivery_id, outcome) for row in batch.rows] if way == "says so" else []

    def close(self) -> None: ...


def never_again(root: Path, tries: int) -> None:
    """So many deliveries with an ambiguous end, pumped over and over through days: each was tried once."""
    clock = Clock()
    ws = planned(root, clock, tries)
    provider = Doubtful(seed=tries)
    while sum(provider.asked.values()) < tries:
        try:
            pump(ws, provider, KEY, clock, batch=50, worker_id="w", jitter=lambda: 0.0)
        except RuntimeError:
            clock.now += timedelta(minutes=1)
    for _ in range(10):
        clock.now += timedelta(hours=13)
        pump(ws, provider, KEY, clock, batch=50, worker_id="w", jitter=lambda: 0.0)
    found = audit_mailing(ws, KEY)
    assert set(provider.asked.values()) == {1}
    assert len(found.unknown) == len(provider.asked) == tries
    assert found.violations == ()


def test_an_ambiguous_end_is_never_tried_again_by_itself(tmp_path: Path) -> None:
    never_again(tmp_path, 200)


@pytest.mark.slow
def test_an_ambiguous_end_is_never_tried_again_by_itself_in_10_000_tries(tmp_path: Path) -> None:
    never_again(tmp_path, 10_000)
