"""Sending from the command line as an operator meets it: what went out, what is left, and what stands in the way."""

import json
from email import message_from_bytes, policy
from pathlib import Path

import pytest
import sqlalchemy as sa

from newsletter.app.sample import init_workspace
from newsletter.app.sending.pump import this_worker
from newsletter.app.workspace import open_workspace
from newsletter.cli.failures import run_guarded
from newsletter.store.tables import attempt, delivery

KEY = "weekly-2026-12-04"
AT = ("--at", "2026-12-04T09:00")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    init_workspace(tmp_path / "ws")
    return tmp_path / "ws"


@pytest.fixture
def run(root: Path, capsys: pytest.CaptureFixture[str]):
    def newsletter(*arguments: str) -> tuple[int, str, str]:
        code = run_guarded(["--workspace", str(root), *arguments])
        said = capsys.readouterr()
        return code, said.out, said.err

    return newsletter


@pytest.fixture
def approved(run, root: Path) -> None:
    run("subscribers", "import", str(root / "subscribers/example.csv"))
    assert run("draft", "weekly", "--at", "2026-12-01")[0] == 0
    assert run("approve", KEY)[0] == 0


def test_a_test_is_the_mail_itself_to_one_address_and_counted_nowhere(run, root: Path, approved: None) -> None:
    run("send", KEY, *AT)
    before = run("status", KEY, "--json")[1]
    code, out, _ = run("send", KEY, "--test", "me@example.org", "--as", "berlin", *AT)

    assert (code, out) == (0, "A test went to me@example.org; nothing of it is counted.\n")
    assert run("status", KEY, "--json")[1] == before
    (file,) = (root / "outbox" / f"test-{KEY}").glob("*.eml")
    mail = message_from_bytes(file.read_bytes(), policy=policy.default)
    assert (mail["To"], mail["Subject"]) == ("me@example.org", "[Test] One more Monday, then the buses")
    assert "Berlin time" in mail.get_body(("plain",)).get_content()
    assert "/u/preview" in mail["List-Unsubscribe"], "its links are nobody's"


@pytest.mark.parametrize(
    "address", ["", "me", "me@example.org, you@example.org", "me@example.org\nBcc: x@example.org"]
)
def test_a_test_goes_to_one_address_or_nowhere(run, root: Path, address: str) -> None:
    code, _, err = run("send", "weekly", "--test", address, *AT)
    assert code == 2
    assert "no address a test can go to" in err
    assert not list((root / "outbox").glob("**/*.eml"))


def test_the_audit_lists_every_promise_and_fails_where_one_is_broken(run, root: Path, approved: None) -> None:
    run("send", KEY, *AT)
    code, out, _ = run("audit", KEY)
    assert (code, [out.count(name) for name in ("I1", "I2", "I3", "I4", "I5")]) == (0, [1, 1, 1, 1, 1])

    with open_workspace(root).store.begin() as connection:
        connection.execute(sa.update(delivery).values(state="unknown"))
    code, out, _ = run("audit", KEY, "--json")
    report = json.loads(out)
    assert (code, len(report["unknown"]), sum(report["states"].values())) == (1, *[report["deliveries"]] * 2)
    assert {one["invariant"] for one in report["violations"]} == {"I1", "I3"}
    assert "unknown: the provider may have them" in run("audit", KEY)[1]


def test_an_issue_nobody_would_get_is_refused_and_can_be_sent_once_there_are_people(run, root: Path) -> None:
    run("draft", "weekly", "--at", "2026-12-01")
    run("approve", KEY)
    for command in (("send", KEY, *AT), ("send", KEY, "--dry-run", *AT)):
        code, _, err = run(*command)
        assert code == 1
        assert "list 'community' has no active reader of 'weekly'" in err
        assert "newsletter subscribers import FILE" in err
    run("subscribers", "import", str(root / "subscribers/example.csv"))
    code, out, _ = run("send", KEY, *AT)
    assert (code, "8 mails handed over now" in out) == (0, True)


@pytest.mark.usefixtures("approved")
def test_a_dry_run_shows_every_distinct_mail_and_sends_none(run, root: Path) -> None:
    code, out, _ = run("send", "weekly", "--dry-run", *AT)
    assert code == 0
    assert "8 mails in 4 editions; nothing was sent" in out
    assert "America/New_York, 12 h, deep-dives" in out
    assert not (root / "outbox").exists()


@pytest.mark.usefixtures("approved")
def test_sending_again_says_that_nothing_was_left(run) -> None:
    assert "8 mails handed over now, of 4 distinct editions" in run("send", KEY, *AT)[1]
    assert f"{KEY}: nothing was left to send" in run("send", KEY, *AT)[1]


@pytest.mark.usefixtures("approved")
def test_the_status_is_one_document_whose_states_add_up(run) -> None:
    run("send", KEY, *AT)
    document = json.loads(run("status", KEY, "--json")[1])
    history, review = document.pop("history"), document.pop("review")
    assert (review["needed"], len(review["approved_by"]), review["held"]) == (1, 1, "")
    assert [line["state"] for line in history] == ["drafted", "approved", "sending", "sent"]
    assert set(document) == {"key", "state", "planned", "states"}
    assert sum(document["states"].values()) == document["planned"] == 8
    assert json.loads(run("status", "--json")[1]) == [document]
    assert "8 accepted" in run("status")[1]


def test_a_typo_is_told_what_there_is(run) -> None:
    code, _, err = run("send", "wekly")
    assert code == 2
    assert "'wekly' is neither a digest (weekly, monthly, quarterly) nor an issue" in err
    assert "Sending" not in err


@pytest.mark.usefixtures("approved")
def test_after_a_crash_the_status_names_what_was_being_handed_over(run, root: Path) -> None:
    run("send", KEY, *AT)
    ws = open_workspace(root, environ={})
    with ws.store.begin() as connection:  # as a worker that was killed after its mark leaves them
        dead = this_worker().rsplit(":", 1)[0] + ":gone"
        connection.execute(attempt.update().values(phase="submitting", worker=dead))
        connection.execute(delivery.update().values(state="submitting"))
    assert "8 of 8 were being handed over when their sender ended: newsletter send" in run("status", KEY)[1]


def test_where_there_is_nothing_yet_what_to_do_is_said(run) -> None:
    assert "newsletter preview" in run("status")[1]
    assert "newsletter subscribers import" in run("subscribers", "list")[1]
    assert run("status", "--json")[1].strip() == "[]"
