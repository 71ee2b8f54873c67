"""Files of people, whatever program wrote them: bytes to checked rows, each with its line."""
