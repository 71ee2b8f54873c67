"""The rules that rendering itself holds: what breaks them gives no mail, and is told with template and line."""

from newsletter.checks.subject import Rule

RULES = (
    Rule(
        "src.undefined", "error", "Templates ask for nothing that is not there", "Correct the name in the line named"
    ),
    Rule("src.syntax", "error", "Templates and catalogues can be read", "Correct the line named"),
    Rule(
        "src.missing", "error", "Every file that a theme asks for is there", "Create it, or take what asks for it out"
    ),
    Rule("src.endless", "error", "A template ends within seconds", "Look for a loop in a loop"),
    Rule("src.memory", "error", "A template makes no text of more than is sane", "Make it smaller"),
    Rule(
        "mjml.schema",
        "error",
        "MJML holds its own elements, attributes, values and nesting",
        "Correct the line named",
    ),
    Rule("mjml.syntax", "error", "MJML is well-formed", "Close every tag, quote every attribute"),
)
