"""The only room that speaks SQL: tables, migrations, and plain query functions that take a connection."""
