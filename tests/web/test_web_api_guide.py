"""docs/api.md: its examples, run by curl as they are written, and its tables."""

import os
import re
import subprocess
from pathlib import Path

import pytest
from support_api import api_of, sent_lab
from support_loopback import served

from newsletter.model.api import SCOPES

GUIDE = (Path(__file__).parents[2] / "docs" / "api.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"^```sh\n(.*?)^```", GUIDE, re.MULTILINE | re.DOTALL)
#: Each request that is refused ends the example.
STRICT = 'set -e; curl() { command curl --noproxy "*" --fail-with-body "$@"; }; '


def test_the_examples_do_what_the_guide_says(tmp_path: Path) -> None:
    api = api_of(sent_lab(tmp_path / "lab"))
    assert len(EXAMPLES) >= 8
    with served(api.app) as server:
        known = {**os.environ, "TOKEN": api.token, "ID": api.person()}
        for example in EXAMPLES:
            command = STRICT + example.replace("https://news.example.org", server.url)
            done = subprocess.run(["bash", "-c", command], env=known, capture_output=True, text=True, timeout=60)
            assert done.returncode == 0, f"{example}\n{done.stdout}{done.stderr}"
    asked = "\n".join(EXAMPLES)
    for word in ("subscribers/ask", "subscribers/lookup", "/export", "/leave", "-X DELETE", "-X PATCH"):
        assert word in asked


@pytest.mark.parametrize("scope", SCOPES)
def test_the_guide_tells_what_each_scope_opens(scope: str) -> None:
    assert f"| `{scope}` | {SCOPES[scope]} |" in GUIDE  # type: ignore[index]  # the scopes themselves
