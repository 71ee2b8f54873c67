"""The studio in the browser: its pages, its gate, and the stream that tells of changes."""
