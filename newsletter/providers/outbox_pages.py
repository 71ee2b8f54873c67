"""The outbox's pages: every mailing, every message, its HTML and text; static files that work without a script.

Mail is shown in an iframe whose sandbox lets it open links in a new window and nothing else.
"""

import html
from collections.abc import Sequence
from string import Template

from newsletter.providers.outbox_log import Sent, Summary

_PAGE = Template("""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="robots" content="noindex">
<title>$title</title>
<style>
:root { color-scheme: light dark; --ink: #1c2326; --quiet: #5a666b; --line: #d9dfe1; --paper: #f6f8f8; --card: #fff;
  --link: #0b5c74 }
@media (prefers-color-scheme: dark) { :root { --ink: #e8edee; --quiet: #9dabb0; --line: #364146; --paper: #161b1d;
  --card: #1f2629; --link: #7fcbe3 } }
* { box-sizing: border-box }
body { margin: 0; background: var(--paper); color: var(--ink); font: 16px/1.5 system-ui, sans-serif }
main { max-width: 62rem; margin: 0 auto; padding: 2rem 1rem 4rem }
h1 { font-size: 1.5rem; line-height: 1.25; margin: .25rem 0 1rem }
a { color: var(--link) }
a:focus-visible, input:focus-visible + label { outline: 3px solid var(--link); outline-offset: 2px }
.quiet { color: var(--quiet) }
.scroll { overflow-x: auto; background: var(--card); border: 1px solid var(--line); border-radius: 10px }
table { border-collapse: collapse; width: 100% }
th, td { text-align: left; padding: .6rem .9rem; border-bottom: 1px solid var(--line); vertical-align: top }
tr:last-child td { border-bottom: 0 }
th { font-size: .85rem; color: var(--quiet); font-weight: 600 }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .2rem 1rem; margin: 0 0 1.25rem }
dt { color: var(--quiet) } dd { margin: 0; overflow-wrap: anywhere }
.tabs > input { position: absolute; opacity: 0 }
.tabs > label { display: inline-block; padding: .4rem .9rem; border: 1px solid var(--line); border-radius: 999px;
  margin: 0 .3rem .8rem 0; cursor: pointer; background: var(--card) }
.tabs > input:checked + label { background: var(--ink); color: var(--paper) }
.tabs > div { display: none }
#wide:checked ~ .mail, #phone:checked ~ .mail, #text:checked ~ .text, #source:checked ~ .source { display: block }
iframe { width: 100%; height: 80vh; border: 1px solid var(--line); border-radius: 10px; background: Canvas }
#phone:checked ~ .mail iframe { width: 375px; max-width: 100% }
pre { white-space: pre-wrap; overflow-wrap: anywhere; background: var(--card); border: 1px solid var(--line);
  border-radius: 10px; padding: 1rem; margin: 0; font: .9rem/1.5 ui-monospace, monospace }
</style>
</head>
<body><main>
$body
</main></body>
</html>
""")

_MAIL = """<iframe sandbox="allow-popups allow-popups-to-escape-sandbox" title="{title}" srcdoc="{page}"></iframe>"""


def top_page(mailings: Sequence[Summary]) -> str:
    """All mailings, the newest first."""
    newest = sorted(mailings, key=lambda one: (one.last, one.folder), reverse=True)
    rows = [(_link(f"{one.folder}/index.html", one.folder), _text(one.subject), str(one.count)) for one in newest]
    return _page("Outbox", f"<h1>Outbox</h1>{_table(('Mailing', 'Subject', 'Messages'), rows)}")


def mailing_page(mailing: str, sent: Sequence[Sent]) -> str:
    """The messages of one mailing in the order they were first handed over."""
    rows = [(_link(f"{one.name}.html", one.name), *_facts(one), _link(f"{one.name}.eml", ".eml")) for one in sent]
    count = f"{_count(len(sent), 'message')} in {_count(len({one.edition for one in sent}), 'edition')}"
    head = f'<p>{_link("../index.html", "Outbox")}</p><h1>{_text(mailing)}</h1><p class="quiet">{count}</p>'
    return _page(mailing, head + _table(("No.", "To", "Subject", "Edition", "File"), rows))


def message_page(sent: Sent, html_part: str, text_part: str, data: bytes) -> str:
    """One message: who it is for, the HTML part at two widths (if it has one), the text part and the headers."""
    facts = (("To", sent.to), ("Edition", sent.edition), ("Handed over", sent.at))
    listed = "".join(f"<dt>{name}</dt><dd>{_text(value)}</dd>" for name, value in facts)
    head = f"<p>{_link('index.html', 'All messages')} · {_link(f'{sent.name}.eml', f'{sent.name}.eml')}</p>"
    body = f"{head}<h1>{_text(sent.subject)}</h1><dl>{listed}</dl>{_tabs(html_part, text_part, data)}"
    return _page(f"{sent.name}: {sent.subject}", body)


def _tabs(html_part: str, text_part: str, data: bytes) -> str:
    headers = data.partition(b"\r\n\r\n")[0].decode("ascii", "replace")
    names = {"text": "Text", "source": "Headers"}
    panes = (
        f'<div class="text"><pre>{_text(text_part)}</pre></div><div class="source"><pre>{_text(headers)}</pre></div>'
    )
    if html_part:
        names = {"wide": "HTML", "phone": "HTML, 375 px"} | names
        panes = f'<div class="mail">{_MAIL.format(title="The mail", page=_text(html_part))}</div>{panes}'
    first = next(iter(names))
    switches = "".join(_switch(name, label, checked=name == first) for name, label in names.items())
    return f'<div class="tabs">{switches}{panes}</div>'


def _switch(name: str, label: str, *, checked: bool) -> str:
    mark = " checked" if checked else ""
    return f'<input type="radio" name="view" id="{name}"{mark}><label for="{name}">{label}</label>'


def _facts(sent: Sent) -> tuple[str, str, str]:
    return _text(sent.to), _text(sent.subject), _text(sent.edition)


def _table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    head = "".join(f'<th scope="col">{name}</th>' for name in heads)
    body = "".join(f"<tr>{''.join(f'<td>{cell}</td>' for cell in row)}</tr>" for row in rows)
    return f'<div class="scroll"><table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>'


def _count(number: int, word: str) -> str:
    return f"{number} {word}" if number == 1 else f"{number} {word}s"


def _link(href: str, text: str) -> str:
    return f'<a href="{_text(href)}">{_text(text)}</a>'


def _page(title: str, body: str) -> str:
    return _PAGE.substitute(title=_text(title), body=body)


def _text(value: str) -> str:
    return html.escape(value)
