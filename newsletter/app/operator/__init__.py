"""The operator's pages: what is being sent, what needs a look, numbers with their rows, and what may be done."""
