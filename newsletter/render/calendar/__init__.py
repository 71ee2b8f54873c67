"""iCalendar files: events as RFC 5545 components, zones with their rules, and the files that hold them."""
