"""The nouns of the program and their state tables; frozen values that import nothing of ours."""
