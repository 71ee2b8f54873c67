"""Numbers without tracking: counted by day, with nothing of who is behind one."""
