"""What is published of issues that went out: pages, feeds and chat copies, with no reader in them."""
