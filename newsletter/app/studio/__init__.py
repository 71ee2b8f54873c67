"""What the studio shows of an issue, as values: the web lays them out, and nothing here knows of requests."""
