"""Joining a list: offers, limits, the pages and the JSON of it, the confirmation and the welcome."""
