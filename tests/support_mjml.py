"""The MJML of npm, where Node has it: what it says of a template, and the HTML that it makes."""

import json
import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

#: A folder with node_modules/mjml; without it, the checkout's own counts, where somebody installed it there.
FOLDER = "MJML_FOLDER"
ROOT = Path(__file__).parents[1]
#: Reads a JSON list of MJML sources and answers each with its HTML and all that the validator says of it.
_SCRIPT = """
const mjml2html = (found => found.default || found)(require('mjml'));
const sources = JSON.parse(require('fs').readFileSync(0, 'utf8'));
(async () => {
  const answers = [];
  for (const source of sources) {
    const made = await mjml2html(source, {validationLevel: 'soft', fonts: {}, keepComments: true});
    answers.push({html: made.html, messages: made.errors.map(error => error.formattedMessage)});
  }
  process.stdout.write(JSON.stringify(answers));
})();
"""


@dataclass(frozen=True, slots=True)
class Made:
    """What the MJML of npm made of a source."""

    html: str
    messages: tuple[str, ...]


def compile_all(sources: list[str]) -> list[Made]:
    """Each source's HTML and messages; the test is skipped, loudly, where there is no such MJML to ask."""
    node = shutil.which("node")
    folder = _folder()
    if node is None or folder is None:
        pytest.skip(f"no npm mjml: install node, `npm install mjml@4` in a folder, and name it in {FOLDER}")
    run = subprocess.run(
        [node, "-e", _SCRIPT], input=json.dumps(sources), cwd=folder, capture_output=True, text=True, check=True
    )
    return [Made(answer["html"], tuple(answer["messages"])) for answer in json.loads(run.stdout)]


def _folder() -> Path | None:
    place = Path(os.environ.get(FOLDER) or ROOT)
    return place if (place / "node_modules" / "mjml").is_dir() else None
