"""When a digest is due and what it covers: words to rules, rules to days, days to slots with their windows."""
