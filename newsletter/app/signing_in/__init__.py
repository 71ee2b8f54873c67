"""Who is at the other end: editors and operators, proven by a mailed link or by a proxy that is trusted."""
