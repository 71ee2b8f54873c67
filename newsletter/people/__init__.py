"""Decisions about people: addresses, tokens, consent, who may be written to, import and export."""
