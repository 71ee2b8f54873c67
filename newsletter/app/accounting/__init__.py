"""Who did what: one log of the deeds of editors, operators and the programs they let in."""
