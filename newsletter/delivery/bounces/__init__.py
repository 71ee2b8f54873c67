"""Mails that report what became of ours: bytes in, one value out."""
