"""The sink as people run it: a process that says where it listens, keeps what it gets, and stops when told."""

import json
import signal
import smtplib
import socket
import subprocess
import sys
from email import message_from_bytes
from pathlib import Path

import pytest
from support_dev_sink import DevSink, start_dev_sink, stop_dev_sink

from newsletter.devsink.faults import read_faults
from newsletter.devsink.misbehave import MisbehaviourError

MESSAGE = b"From: a@example.org\r\nTo: b@example.org\r\nSubject: x\r\nMessage-ID: <1@example.org>\r\n\r\n..hello\r\n"


def send(sink: DevSink, *to: str) -> None:
    with smtplib.SMTP("127.0.0.1", sink.smtp_port, timeout=60) as smtp:
        smtp.sendmail("a@example.org", to, MESSAGE)


def run(*options: str) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", "newsletter.devsink", *options]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)


def test_a_message_is_kept_byte_for_byte_with_its_envelope(dev_sink: DevSink) -> None:
    send(dev_sink, "b@example.org", "hidden@example.org")
    [line] = dev_sink.messages()
    assert line == {
        "via": "smtp",
        "from": "a@example.org",
        "to": ["b@example.org", "hidden@example.org"],
        "message_id": "<1@example.org>",
        "subject": "x",
        "size": len(MESSAGE),
        "file": line["file"],
    }
    assert (dev_sink.keep / line["file"]).read_bytes() == MESSAGE
    assert json.loads((dev_sink.keep / "smtp.jsonl").read_text()) == line


@pytest.mark.parametrize("stop", [signal.SIGTERM, signal.SIGINT])
def test_it_stops_cleanly_with_a_connection_open(tmp_path: Path, stop: signal.Signals) -> None:
    sink = start_dev_sink(tmp_path)
    with socket.create_connection(("127.0.0.1", sink.smtp_port)):
        sink.process.send_signal(stop)
        assert sink.process.wait(30) == 0
    sink.process.communicate()


def test_a_new_process_on_the_same_folder_numbers_on(tmp_path: Path) -> None:
    for _ in range(2):
        sink = start_dev_sink(tmp_path)
        send(sink, "b@example.org")
        assert stop_dev_sink(sink) == 0
    assert sorted(path.name for path in tmp_path.glob("*.eml")) == ["00001.eml", "00002.eml"]
    assert len((tmp_path / "smtp.jsonl").read_text().splitlines()) == 2
    assert message_from_bytes((tmp_path / "00002.eml").read_bytes())["Subject"] == "x"


@pytest.mark.parametrize("option", ["--smtp-port", "--http-port"])
def test_a_port_in_use_is_one_clear_line(option: str, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        done = run(option, port, "--keep", str(tmp_path))
    assert done.returncode == 1
    assert done.stdout == ""
    assert done.stderr.count("\n") == 1
    assert port in done.stderr


def test_a_folder_that_cannot_be_made_is_one_clear_line(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    done = run("--keep", str(tmp_path / "file"))
    assert (done.returncode, done.stderr.count("\n")) == (1, 1)


def test_a_fault_that_is_not_known_is_wrong_usage() -> None:
    done = run("--misbehave", "drop_everything=1")
    assert done.returncode == 2
    assert "drop_everything" in done.stderr
    assert "Traceback" not in done.stderr


def test_faults_can_be_set_on_the_command_line(tmp_path: Path) -> None:
    sink = start_dev_sink(tmp_path, "--misbehave", "refuse_rcpt=b@example.org,c@example.org")
    with pytest.raises(smtplib.SMTPRecipientsRefused):
        send(sink, "B@example.org", "c@example.org")
    send(sink, "d@example.org")
    assert sink.received() == ["d@example.org"]
    stop_dev_sink(sink)


def test_the_line_can_be_spoiled_on_the_command_line(tmp_path: Path) -> None:
    sink = start_dev_sink(tmp_path, "--fault", "drop_reply@after,times=1")
    with pytest.raises(smtplib.SMTPServerDisconnected):
        send(sink, "b@example.org")
    send(sink, "c@example.org")
    assert sink.received() == ["b@example.org", "c@example.org"]
    assert stop_dev_sink(sink) == 0


@pytest.mark.parametrize("fault", ["explode@after", "hang@noon", "hang@after,loudly=1", "latency@within,seconds=-1"])
def test_a_fault_of_the_line_that_is_not_known_says_what_there_is(fault: str) -> None:
    with pytest.raises(MisbehaviourError, match=r"KIND@before, KIND@within or KIND@after.*reply_then_reset"):
        read_faults([fault])


def test_a_fault_of_the_line_that_is_not_known_is_wrong_usage() -> None:
    done = run("--fault", "explode@after")
    assert (done.returncode, "explode@after" in done.stderr, "Traceback" in done.stderr) == (2, True, False)
