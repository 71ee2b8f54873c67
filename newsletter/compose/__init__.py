"""What was read becomes an issue: identity, facts, windows, changes and sections; pure and deterministic."""
