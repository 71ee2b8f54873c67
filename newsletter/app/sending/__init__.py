"""The way of a mailing: audience, planning, the worker's line to the provider, reports, and what is proved of it."""
