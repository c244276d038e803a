"""Runs migrations on the connection that it is handed; from alembic's command line, on what ``-x url=`` names."""

from alembic import context
from sqlalchemy import Connection, create_engine


def run(connection: Connection, target_metadata, render_item) -> None:
    context.configure(
        connection=connection,
        target_metadata=target_metadata,
        render_item=render_item,
        render_as_batch=True,  # SQLite changes a column by making the table again
        transactional_ddl=True,  # all or nothing, in SQLite too: we say BEGIN ourselves
        compare_type=True,
    )
    with context.begin_transaction():
        context.run_migrations()


given = context.config.attributes
if "connection" in given:
    run(given["connection"], given["target_metadata"], given["render_item"])
else:
    from aggregator.store.migrate import render_item
    from aggregator.store.models import Base

    with create_engine(context.get_x_argument(as_dictionary=True)["url"]).begin() as own:
        run(own, Base.metadata, render_item)
