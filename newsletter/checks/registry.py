"""All rules in one table. A new rule is one function and one line here; its id is stable and documented."""

from newsletter.checks import content, envelope, events, links, markup
from newsletter.checks.subject import Rule, subject_of
from newsletter.model.issue import Draft, Issue
from newsletter.model.mail import Edition
from newsletter.model.problem import Problem

RULES: tuple[Rule, ...] = (
    Rule("evt.past", "error", "No event or deadline is over before the mail goes out", events.past),
    Rule("evt.changed-unlisted", "error", "What changed is listed among the changes", events.changed_unlisted),
    Rule("evt.cancelled-live", "error", "A cancelled event offers no sign-up", events.cancelled_live),
    Rule("evt.no-place", "warning", "Every event says where it is", events.no_place),
    Rule("src.placeholder", "error", "No TK, TODO, FIXME, XXX or lorem ipsum", content.placeholder),
    Rule("src.held-back", "warning", "Items with errors are named, with the reason", content.held_back),
    Rule("src.unsafe", "error", "No link of content runs anything", content.unsafe),
    Rule("mjml.leak", "error", "No MJML or template source in the mail", markup.leak),
    Rule("html.size", "error", "At most 102 KiB of HTML; a warning from 90 KB", markup.size),
    Rule("html.style-size", "error", "No style block above 16 KiB", markup.style_size),
    Rule("a11y.lang", "error", "The language stands on html and inside body", markup.language),
    Rule("a11y.alt", "error", "Every picture has an alt text", markup.alternatives),
    Rule("a11y.link-name", "error", "Every link has words, and its label contains them", markup.link_names),
    Rule("a11y.layout-table", "error", "Layout tables and data tables say which they are", markup.layout_tables),
    Rule("link.relative", "error", "Every link is a whole address", links.relative),
    Rule("link.http", "warning", "Links use https", links.insecure),
    Rule("link.local", "error", "No link leads to a private machine", links.local),
    Rule("inbox.subject", "warning", "The subject has 10 to 78 characters", envelope.subject_line),
    Rule("inbox.preheader", "warning", "There is a preheader that adds to the subject", envelope.preheader),
    Rule("text.missing", "error", "There is a text part", envelope.text_missing),
    Rule("text.parity", "error", "Every link of the HTML is in the text too", envelope.text_parity),
    Rule("hdr.unsub", "error", "One-click unsubscribe headers (RFC 8058)", envelope.unsubscribe_headers),
    Rule("foot.complete", "error", "Unsubscribe, preferences and postal address in both parts", envelope.footer),
    Rule("issue.empty", "warning", "There is something to read", content.empty),
)


def run_checks(issue: Issue, edition: Edition, draft: Draft) -> tuple[Problem, ...]:
    """Every rule on one edition, in the order of the table; pure, and nothing is fetched."""
    subject = subject_of(issue, edition, draft)
    return tuple(problem for rule in RULES for problem in rule.problems(subject))
