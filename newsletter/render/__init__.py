"""Issue -> Edition: templates, MJML, Markdown and MIME; pure, and the only room that knows jinja2 and mjml."""
