"""The operator's pages: they show, and a form alone changes something. GET never does."""
