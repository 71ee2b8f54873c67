"""All rules in one table. A new rule is one function and one line here; its id is stable and documented."""

from newsletter.checks import accessibility, content, contrast, envelope, events, links, markup, styles, times
from newsletter.checks.subject import Rule, subject_of
from newsletter.model.issue import Draft, Issue
from newsletter.model.mail import Edition
from newsletter.model.problem import Problem

RULES: tuple[Rule, ...] = (
    Rule("evt.past", "error", "No event or deadline is over before the mail goes out", events.past),
    Rule("evt.changed-unlisted", "error", "What changed is listed among the changes", events.changed_unlisted),
    Rule("evt.cancelled-live", "error", "A cancelled event offers no sign-up", events.cancelled_live),
    Rule("evt.no-place", "warning", "Every event says where it is", events.no_place),
    Rule(
        "evt.zone", "error", "What has a clock has a zone, and nothing ends before it starts", times.ends_after_start
    ),
    Rule("evt.one-instant", "error", "Day and clock come from one instant in the reader's zone", times.one_instant),
    Rule(
        "evt.weekday", "error", "A weekday beside a date in the editor's words is that date's", times.stated_weekday
    ),
    Rule("evt.rsvp-late", "error", "No sign-up whose deadline is over is offered", times.registration_over),
    Rule("evt.duplicate", "warning", "No two events of one title and one start", times.twice),
    Rule("evt.dst", "info", "Series that change their hour for readers far away are named", times.clocks_change),
    Rule("time.zone-named", "error", "Both parts say in whose zone the times are", times.zone_named),
    Rule("time.relative", "warning", "No today, tomorrow or this Friday", times.relative),
    Rule("src.placeholder", "error", "No TK, TODO, FIXME, XXX or lorem ipsum", content.placeholder),
    Rule("src.held-back", "warning", "Items with errors are named, with the reason", content.held_back),
    Rule("src.unsafe", "error", "No link of content runs anything", content.unsafe),
    Rule("mjml.leak", "error", "No MJML or template source in the mail", markup.leak),
    Rule("html.size", "error", "At most 102 KiB of HTML; a warning from 90 KB", markup.size),
    Rule("html.style-size", "error", "No style block above 16 KiB", markup.style_size),
    Rule("a11y.lang", "error", "The language stands on html and inside body", markup.language),
    Rule("html.hsl", "warning", "No hsl() colours (Outlook on Windows)", styles.hsl),
    Rule("html.data-uri", "error", "No data: addresses", styles.data_uri),
    Rule("html.webfont", "warning", "No fonts or styles from the network", styles.web_font),
    Rule("html.vml", "error", "No VML without an alt text", styles.vml),
    Rule("dark.meta", "warning", "A mail with a dark scheme says so", styles.dark_meta),
    Rule("dark.pair", "error", "The dark scheme sets grounds and texts together", styles.dark_pair),
    Rule("dark.black", "warning", "No pure black or white in the dark scheme", styles.dark_black),
    Rule("img.format", "warning", "Pictures are PNG, JPEG or GIF", styles.picture_format),
    Rule("img.dims", "warning", "Every picture has a width", styles.picture_size),
    Rule("priv.remote", "error", "No beacon, and no picture on a stranger's machine", styles.remote),
    Rule("a11y.dir", "error", "The direction of writing stands on html and inside body", accessibility.direction),
    Rule("a11y.title", "error", "The mail has a title", accessibility.title),
    Rule("a11y.headings", "warning", "One h1, no level left out, no heading empty", accessibility.headings),
    Rule("a11y.data-table", "error", "A table with headings of data is no layout table", accessibility.data_tables),
    Rule("a11y.alt-quality", "warning", "Alt texts say what is to be seen", accessibility.alt_quality),
    Rule("a11y.link-text", "warning", "The words of a link say where it leads", accessibility.link_text),
    Rule(
        "a11y.contrast",
        "error",
        "Every word has a contrast of 4.5, large ones of 3, in both schemes",
        contrast.legible,
    ),
    Rule("dark.forced", "warning", "And where a program darkens by itself (simulated)", contrast.legible_when_forced),
    Rule("a11y.text-size", "error", "No letters below 12 px", accessibility.text_size),
    Rule("a11y.alt", "error", "Every picture has an alt text", markup.alternatives),
    Rule("a11y.link-name", "error", "Every link has words, and its label contains them", markup.link_names),
    Rule("a11y.layout-table", "error", "Layout tables and data tables say which they are", markup.layout_tables),
    Rule("link.relative", "error", "Every link is a whole address", links.relative),
    Rule("link.http", "warning", "Links use https", links.insecure),
    Rule("link.shortener", "warning", "No shortened links", styles.shortener),
    Rule("link.local", "error", "No link leads to a private machine", links.local),
    Rule("inbox.subject", "warning", "The subject has 10 to 78 characters", envelope.subject_line),
    Rule("inbox.preheader", "warning", "There is a preheader that adds to the subject", envelope.preheader),
    Rule("text.missing", "error", "There is a text part", envelope.text_missing),
    Rule("text.parity", "error", "Every link of the HTML is in the text too", envelope.text_parity),
    Rule("hdr.unsub", "error", "One-click unsubscribe headers (RFC 8058)", envelope.unsubscribe_headers),
    Rule("text.width", "info", "Lines of the text part have at most 78 characters", envelope.text_width),
    Rule("hdr.ids", "warning", "List-Id, a Message-ID of our own domain, Date and Reply-To", envelope.identifiers),
    Rule("foot.complete", "error", "Unsubscribe, preferences and postal address in both parts", envelope.footer),
    Rule("issue.empty", "warning", "There is something to read", content.empty),
)


def run_checks(issue: Issue, edition: Edition, draft: Draft) -> tuple[Problem, ...]:
    """Every rule on one edition, in the order of the table; pure, and nothing is fetched."""
    subject = subject_of(issue, edition, draft)
    return tuple(problem for rule in RULES for problem in rule.problems(subject))
