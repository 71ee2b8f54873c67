"""What providers post about our mails: checked and kept at once, applied by and by."""
