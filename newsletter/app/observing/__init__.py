"""What a monitor asks of a running program: numbers, and whether it is ready."""
