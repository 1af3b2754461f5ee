"""How Alembic runs here: on a connection that `storage.migrate` hands over, or, for developers, by
`alembic -x url=sqlite+aiosqlite:///path ...`"""

import asyncio
from typing import Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext
from sqlalchemy import Connection, Enum, TypeDecorator

from storage.engine import open_engine
from storage.tables import StoryRow


def run(connection: Connection) -> None:
    context.configure(
        connection=connection,
        target_metadata=StoryRow.metadata,  # of all tables
        render_as_batch=True,  # SQLite alters a table by making it anew
        compare_type=True,
        render_item=plain_type,
    )
    with context.begin_transaction():
        context.run_migrations()


def plain_type(kind: str, item: object, _: AutogenContext) -> str | Literal[False]:
    """Migrations name the database's types, not our classes, which may be gone one day."""
    if kind == "type" and isinstance(item, TypeDecorator):
        return f"sa.{item.impl_instance!r}"
    if kind == "type" and isinstance(item, Enum):
        return f"sa.String(length={item.length})"
    return False


async def connect_and_run(url: str) -> None:
    engine = open_engine(url, foreign_keys=False)
    try:
        async with engine.begin() as connection:
            await connection.run_sync(run)
    finally:
        await engine.dispose()


given = context.config.attributes.get("connection")
if given is not None:
    run(given)
else:
    arguments = context.get_x_argument(as_dictionary=True)
    if "url" not in arguments:
        raise SystemExit("say which database: alembic -x url=sqlite+aiosqlite:///path ...")
    asyncio.run(connect_and_run(arguments["url"]))
