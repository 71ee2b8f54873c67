"""`newsletter doctor`: facts about the whole set-up are gathered here, and judged in `newsletter.health`."""
