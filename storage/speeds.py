"""How fast models have drawn here."""

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from generation.script.estimating import Speed
from storage.statements import insert_into
from storage.tables import SpeedRow

NEW = 0.3  # share of the newest drawing: a machine that becomes busy is noticed within a few


async def every(session: AsyncSession) -> dict[str, Speed]:
    """By model, of those that have drawn."""
    rows = await session.scalars(select(SpeedRow).execution_options(populate_existing=True))
    return {row.model: row.value() for row in rows}


async def remember(session: AsyncSession, model: str, speed: Speed) -> None:
    """A drawing with the model has ended."""
    statement = insert_into(session, SpeedRow).values(
        model=model, step=speed.step, panel=speed.panel
    )
    await session.execute(
        statement.on_conflict_do_update(
            index_elements=[SpeedRow.model],
            set_={
                "step": SpeedRow.step + NEW * (speed.step - SpeedRow.step),
                "panel": SpeedRow.panel + NEW * (speed.panel - SpeedRow.panel),
            },
        )
    )
