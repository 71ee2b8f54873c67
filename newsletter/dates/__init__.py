"""Time as people write it: human dates, zones, terms, cadence, recurrence and the words that print them; pure."""
