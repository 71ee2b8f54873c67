"""How an issue is reviewed: told to its editors, approved by its hash, and watched for what moved since."""
