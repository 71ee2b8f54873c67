"""Roads in: mailboxes that people write to."""
