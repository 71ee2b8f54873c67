import os
import subprocess
import sys
from email import message_from_bytes
from html.parser import HTMLParser
from pathlib import Path

import pytest
from support_mail import batch, edition, row

from newsletter.providers.outbox import OutboxProvider, folder_name

MAILING = "weekly-2026-12-04"


def files(outbox: Path, ending: str = ".eml") -> list[str]:
    return sorted(path.name for path in (outbox / MAILING).glob(f"*{ending}"))


def test_each_row_becomes_one_numbered_file_and_is_accepted(tmp_path: Path) -> None:
    receipts = OutboxProvider(tmp_path).submit(batch([row(1), row(2), row(3)]))
    assert [(one.delivery_id, one.outcome) for one in receipts] == [(f"d-{n}", "accepted") for n in (1, 2, 3)]
    assert files(tmp_path) == ["001.eml", "002.eml", "003.eml"]
    message = message_from_bytes((tmp_path / MAILING / "002.eml").read_bytes())
    assert message["To"] == "reader2@example.org"
    assert receipts[1].provider_id == f"{MAILING}/002.eml"


def test_a_delivery_handed_over_again_keeps_its_file_even_in_another_process(tmp_path: Path) -> None:
    OutboxProvider(tmp_path).submit(batch([row(1), row(2)]))
    before = (tmp_path / MAILING / "001.eml").read_bytes()
    receipts = OutboxProvider(tmp_path).submit(batch([row(2), row(3), row(1)]))
    assert {one.outcome for one in receipts} == {"accepted"}
    assert files(tmp_path) == ["001.eml", "002.eml", "003.eml"]
    assert (tmp_path / MAILING / "001.eml").read_bytes() == before


def test_a_row_twice_in_a_batch_is_one_file(tmp_path: Path) -> None:
    OutboxProvider(tmp_path).submit(batch([row(1), row(1), row(2)]))
    assert files(tmp_path) == ["001.eml", "002.eml"]


def test_a_torn_line_of_the_log_is_cut_off_and_numbering_goes_on(tmp_path: Path) -> None:
    OutboxProvider(tmp_path).submit(batch([row(1)]))
    with (tmp_path / MAILING / "deliveries.jsonl").open("ab") as log:
        log.write(b'{"delivery_id": "d-2", "na')
    OutboxProvider(tmp_path).submit(batch([row(2)]))
    OutboxProvider(tmp_path).submit(batch([row(2), row(3)]))
    assert files(tmp_path) == ["001.eml", "002.eml", "003.eml"]


def test_one_row_that_cannot_be_filled_costs_only_itself(tmp_path: Path) -> None:
    bad = row(2, "reader2@example.org\r\nBcc: all@example.org")
    receipts = OutboxProvider(tmp_path).submit(batch([row(1), bad, row(3, "zoë@example.org"), row(4)]))
    assert [one.outcome for one in receipts] == ["accepted", "rejected", "rejected", "accepted"]
    assert files(tmp_path) == ["001.eml", "002.eml"]


def test_a_folder_that_cannot_be_written_submits_nothing(tmp_path: Path) -> None:
    (tmp_path / MAILING).write_text("a file where the folder should be")
    receipts = OutboxProvider(tmp_path).submit(batch([row(1)]))
    assert [one.outcome for one in receipts] == ["not_submitted"]
    assert "could not be written" in receipts[0].detail


def test_a_page_that_cannot_be_written_takes_back_no_mail(tmp_path: Path) -> None:
    (tmp_path / MAILING / "index.html").mkdir(parents=True)
    outbox = OutboxProvider(tmp_path)
    assert [one.outcome for one in outbox.submit(batch([row(1)]))] == ["accepted"]
    outbox.close()
    assert files(tmp_path) == ["001.eml"]
    assert not list((tmp_path / MAILING).glob("*.part"))


class Tags(HTMLParser):
    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))

    def links(self) -> list[str]:
        return [str(attrs["href"]) for tag, attrs in self.found if tag == "a"]


def test_every_page_and_message_is_reached_by_clicking_from_the_top(tmp_path: Path) -> None:
    outbox = OutboxProvider(tmp_path)
    outbox.submit(batch([row(1), row(2)]))
    outbox.submit(batch([row(3)], mailing="service/confirm <1>"))
    outbox.close()
    seen, waiting = set(), [tmp_path / "index.html"]
    while waiting:
        page = Path(os.path.normpath(waiting.pop()))
        if page not in seen:
            seen.add(page)
            waiting += [page.parent / link for link in Tags(page.read_text()).links() if page.suffix == ".html"]
    assert seen == {path for ending in ("html", "eml") for path in tmp_path.rglob(f"*.{ending}")}
    assert len([path for path in seen if path.suffix == ".eml"]) == 3


def test_the_list_counts_messages_and_editions(tmp_path: Path) -> None:
    outbox = OutboxProvider(tmp_path)
    outbox.submit(batch([row(1), row(2)], of=edition("seattle")))
    outbox.submit(batch([row(3)], of=edition("berlin")))
    outbox.close()
    assert "3 messages in 2 editions" in (tmp_path / MAILING / "index.html").read_text()


def test_the_mail_is_shown_in_a_sandbox_and_no_page_runs_a_script(tmp_path: Path) -> None:
    evil = edition(subject="<script>alert(1)</script>", words="<script>alert(2)</script>")
    OutboxProvider(tmp_path).submit(batch([row(1, name="<script>alert(3)</script>")], of=evil))
    for page in tmp_path.rglob("*.html"):
        assert "script" not in {tag for tag, _ in Tags(page.read_text()).found}
    found = Tags((tmp_path / MAILING / "001.html").read_text()).found
    [frame] = [attrs for tag, attrs in found if tag == "iframe"]
    assert not {"allow-scripts", "allow-same-origin", "allow-top-navigation"} & set(str(frame["sandbox"]).split())
    assert '<a href="https://news.example.org/u/token-1?a=1&amp;b=2">' in str(frame["srcdoc"])


def test_a_long_mailing_is_listed_whole_after_close(tmp_path: Path) -> None:
    outbox = OutboxProvider(tmp_path)
    for start in range(1, 60, 2):
        outbox.submit(batch([row(start), row(start + 1)]))
    outbox.close()
    page = Tags((tmp_path / MAILING / "index.html").read_text())
    assert len([link for link in page.links() if link.endswith(".eml")]) == 60


@pytest.mark.parametrize("key", ["../../etc", ".hidden", "a/b", "", "Ü"])
def test_no_key_leads_out_of_the_outbox(key: str) -> None:
    name = folder_name(key)
    assert Path(name).name == name
    assert not name.startswith(".")


def test_keys_that_look_alike_get_folders_of_their_own() -> None:
    assert len({folder_name(key) for key in ("a/b", "a_b", "a:b")}) == 3


WRITER = """
import sys, time
from pathlib import Path
sys.path[:0] = [sys.argv[2]]
from support_mail import batch, row
from newsletter.providers.outbox import OutboxProvider
outbox, first = OutboxProvider(Path(sys.argv[1])), int(sys.argv[3])
print("ready", flush=True)
sys.stdin.readline()
for number in range(first, first + 40):
    outbox.submit(batch([row(number)]))
outbox.close()
"""


def test_processes_writing_at_once_share_the_numbers(tmp_path: Path) -> None:
    tests = str(Path(__file__).parents[1])
    commands = [[sys.executable, "-c", WRITER, str(tmp_path), tests, str(first)] for first in (1, 21, 41)]
    pipe = subprocess.PIPE
    writers = [subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True) for command in commands]
    for writer in writers:
        assert writer.stdout is not None
        assert writer.stdout.readline() == "ready\n"
    for writer in writers:
        assert writer.stdin is not None
        writer.stdin.write("go\n")
        writer.stdin.flush()
    assert [writer.communicate(timeout=60) and writer.returncode for writer in writers] == [0, 0, 0]
    to = [message_from_bytes((tmp_path / MAILING / name).read_bytes())["To"] for name in files(tmp_path)]
    assert sorted(to) == sorted(f"reader{number}@example.org" for number in range(1, 81))
