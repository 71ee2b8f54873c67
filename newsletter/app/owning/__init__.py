"""What readers do with their own subscription: choose, rest, leave, take along, change the address, erase."""
