"""The HTTP API's addresses: requests in, answers of the desk out."""
