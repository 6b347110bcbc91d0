"""Runs the migrations against the database of the settings."""

from alembic import context
from sqlmodel import SQLModel

from gateway.adapters import tables
from gateway.adapters.sql_database import open_database

assert tables
engine = open_database(context.config.attributes["url"])
with engine.connect() as connection:
    context.configure(
        connection=connection, target_metadata=SQLModel.metadata, render_as_batch=True
    )
    with context.begin_transaction():
        context.run_migrations()
engine.dispose()
