"""What Alembic runs: the migrations, on the connection and in the transaction it is handed."""

from alembic import context

from newsletter.store.tables import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata, render_as_batch=True)
context.run_migrations()
