"""A picture of a mail: which browser takes it, what it may do, and what is said where there is none."""

import struct
from pathlib import Path

import pytest
from support_browser import chromium_path

from newsletter.app import shots
from newsletter.app.shots import Shot, ShotError, find_chromium, take_shot
from newsletter.app.timing import UsageError

#: Stands in for a browser: tells a height, writes what it was asked for, and keeps what it was called with.
TELLS = """#!/bin/sh
echo "$@" >> "$(dirname "$0")/calls"
for one in "$@"; do case "$one" in
  --screenshot=*) printf picture > "${one#--screenshot=}";;
  file://*) page="${one#file://}";;
esac; done
cp "$page" "$(dirname "$0")/$(basename "$page")"; cp "$(dirname "$page")"/m*.html "$(dirname "$0")"
echo '<html data-height="1234">'
"""
MAIL = '<!doctype html><html><head></head><body><p>A mail.</p><img src="https://tracker.example.org/x.png"></body></html>'


def browser(folder: Path, text: str = TELLS) -> dict[str, str]:
    """The environment of a machine with such a browser."""
    folder.mkdir(exist_ok=True)
    file = folder / "chromium"
    file.write_text(text)
    file.chmod(0o755)
    return {"PATH": f"{folder}:/usr/bin:/bin"}


def test_the_browser_is_the_one_that_is_named_or_the_first_on_the_path(tmp_path: Path) -> None:
    environ = browser(tmp_path / "bin")
    assert find_chromium(environ) == str(tmp_path / "bin" / "chromium")
    other = browser(tmp_path / "other")
    named = {**environ, "CHROMIUM": str(tmp_path / "other" / "chromium")}
    assert find_chromium(named) == named["CHROMIUM"]
    assert find_chromium({**other, "CHROMIUM": "chromium"}) == named["CHROMIUM"]


@pytest.mark.parametrize(
    ("environ", "told"),
    [
        ({"PATH": "/nowhere"}, "there is no Chromium on the path: install one"),
        ({}, "there is no Chromium on the path"),
        ({"PATH": "/usr/bin", "CHROMIUM": "/nowhere/chromium"}, "CHROMIUM names '/nowhere/chromium'"),
    ],
)
def test_without_a_browser_it_is_said_what_to_do(environ: dict[str, str], told: str) -> None:
    with pytest.raises(ShotError, match=told):
        find_chromium(environ)


def test_the_browser_reaches_no_other_machine_and_only_our_own_script_may_run(tmp_path: Path) -> None:
    folder = tmp_path / "bin"
    take_shot(MAIL, tmp_path / "new" / "shot.png", Shot(375), browser(folder))
    assert (tmp_path / "new" / "shot.png").read_bytes() == b"picture"
    measured, taken = (folder / "calls").read_text().splitlines()
    for call in (measured, taken):
        assert "--host-resolver-rules=MAP * ~NOTFOUND" in call
        assert "--user-data-dir=" in call
    assert "--window-size=375,1234" in taken
    assert 'width="375" height="1234"' in (folder / "page.html").read_text()
    text = (folder / "measured.html").read_text()
    assert text.index("script-src 'nonce-") < text.index("<p>A mail.")
    assert text.count("<script") == 1
    assert "script-src 'none'" in (folder / "mail.html").read_text()


def test_a_browser_that_hangs_is_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shots, "SECONDS", 0.2)
    with pytest.raises(ShotError, match=r"took more than 0\.2 seconds"):
        take_shot(MAIL, tmp_path / "shot.png", Shot(), browser(tmp_path / "bin", "#!/bin/sh\nexec sleep 60\n"))
    assert not (tmp_path / "shot.png").exists()


@pytest.mark.parametrize(
    ("script", "told"),
    [
        ("#!/bin/sh\nexit 1\n", "does not tell how tall"),
        ("#!/bin/sh\necho '<html data-height=\"9\">'\n", "ended without a picture"),
        ("#!/nowhere/sh\n", "cannot be run"),
    ],
)
def test_a_browser_that_does_not_do_it_is_named(tmp_path: Path, script: str, told: str) -> None:
    with pytest.raises(ShotError, match=told):
        take_shot(MAIL, tmp_path / "shot.png", Shot(), browser(tmp_path / "bin", script))


def test_there_is_no_picture_of_a_text(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="text only"):
        take_shot("", tmp_path / "shot.png", Shot(), browser(tmp_path / "bin"))


@pytest.mark.slow
@pytest.mark.browser
@pytest.mark.parametrize(("width", "scheme"), [(320, "light"), (600, "dark")])
def test_a_real_browser_shows_the_whole_mail_at_that_width(tmp_path: Path, width: int, scheme: str) -> None:
    style = "<style>body{margin:0;height:2345px}@media (prefers-color-scheme:dark){body{height:1234px}}</style>"
    hostile = '<script>document.body.style.height="9px"</script>'
    mail = f"<!doctype html><html><head>{style}</head><body>Words{hostile}</body></html>"
    take_shot(
        mail, tmp_path / "shot.png", Shot(width, scheme), {"CHROMIUM": chromium_path(), "PATH": "/usr/bin:/bin"}
    )
    head = (tmp_path / "shot.png").read_bytes()[:24]
    assert head.startswith(b"\x89PNG")
    assert struct.unpack(">II", head[16:24]) == (width, 1234 if scheme == "dark" else 2345)
