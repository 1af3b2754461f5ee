"""Comics that change after they were drawn: new words on their pages, panels drawn again.

A change is stored with its plan first; the pages follow, composed by whoever works `due` off.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from storage import clips, upkeep
from storage.columns import now
from storage.errors import NotFound
from storage.reasons import Reason
from storage.statements import insert_into
from storage.tables import EditionRow, RenderedPanelRow, RenderRow, TakeRow
from storage.values import Edition, Take, TakeState


async def get(session: AsyncSession, comic_id: int) -> Edition | None:
    """None for a comic that is as it was drawn."""
    row = await session.get(EditionRow, comic_id, populate_existing=True)
    return row.value() if row else None


async def revise(session: AsyncSession, comic_id: int, plan_json: str) -> Edition:
    """The comic's pages are to show this plan from now on."""
    statement = insert_into(session, EditionRow).values(
        comic_id=comic_id, plan=plan_json, version=1, bound=0, failures=0
    )
    await session.execute(
        statement.on_conflict_do_update(
            index_elements=[EditionRow.comic_id],
            set_={
                "plan": plan_json,
                "version": EditionRow.version + 1,
                "failures": 0,
                "reason": None,
                "not_before": now(),
            },
        )
    )
    edition = await get(session, comic_id)
    assert edition is not None  # it was just stored
    return edition


async def due(session: AsyncSession) -> list[Edition]:
    """Those whose pages are older than they are, and that can still be composed."""
    rows = await session.scalars(
        select(EditionRow)
        .where(
            EditionRow.bound < EditionRow.version,
            EditionRow.reason.is_(None),
            EditionRow.not_before <= now(),
        )
        .order_by(EditionRow.not_before, EditionRow.comic_id)
        .execution_options(populate_existing=True)
    )
    return [row.value() for row in rows]


async def bound(
    session: AsyncSession, edition: Edition, pages: Sequence[tuple[int, str, str]]
) -> None:
    """The pages (index, artifact, alt text) of this version are composed: posts follow. When the
    edition has a newer version by now, it stays due."""
    await _change(session, edition, bound=edition.version, failures=0)
    for page, key, alt_text in pages:
        await upkeep.change(session, edition.comic_id, page, key, alt_text)


async def postpone(session: AsyncSession, edition: Edition, not_before: datetime) -> None:
    """Composing failed, and is tried again later."""
    await _change(session, edition, failures=edition.failures + 1, not_before=not_before)


async def give_up(session: AsyncSession, edition: Edition, reason: Reason) -> None:
    """This version can't be composed; the pages stay as they are."""
    await _change(session, edition, failures=edition.failures + 1, reason=reason)


async def begin_take(
    session: AsyncSession, render_id: int, comic_id: int, panel: int, scene: str | None
) -> Take:
    """The render draws that panel of the comic again.

    Raises:
        NotFound: the comic has no picture of that panel.
    """
    before = await picture_of(session, comic_id, panel)
    row = TakeRow(render_id=render_id, comic_id=comic_id, panel=panel, scene=scene, before=before)
    session.add(row)
    await session.flush()
    return row.value()


async def take_of(session: AsyncSession, render_id: int) -> Take | None:
    """None for a render that is a comic of its own."""
    row = await session.get(TakeRow, render_id, populate_existing=True)
    return row.value() if row else None


async def takes(session: AsyncSession, comic_id: int) -> list[Take]:
    rows = await session.scalars(
        select(TakeRow)
        .where(TakeRow.comic_id == comic_id)
        .order_by(TakeRow.render_id)
        .execution_options(populate_existing=True)
    )
    return [row.value() for row in rows]


async def choose(session: AsyncSession, take: Take, state: TakeState) -> bool:
    """Keep the take's picture in the place of the panel's own, or leave it. Another take of the
    panel that was kept is left then. False when nothing changes."""
    await session.scalar(  # one choice about a comic at a time
        select(RenderRow.id).where(RenderRow.id == take.comic_id).with_for_update()
    )
    if state is TakeState.KEPT:
        others = await session.scalars(
            update(TakeRow)
            .where(
                TakeRow.comic_id == take.comic_id,
                TakeRow.panel == take.panel,
                TakeRow.render_id != take.render_id,
                TakeRow.state == TakeState.KEPT.value,
            )
            .values(state=TakeState.LEFT.value)
            .returning(TakeRow.render_id)
            .execution_options(synchronize_session=False)
        )
        for render_id in others.all():
            await upkeep.refresh(session, render_id)
    changed = await session.scalar(
        update(TakeRow)
        .where(TakeRow.render_id == take.render_id, TakeRow.state != state.value)
        .values(state=state.value)
        .returning(TakeRow.render_id)
        .execution_options(synchronize_session=False)
    )
    if changed is None:
        return False
    await upkeep.refresh(session, take.render_id)
    return True


async def pictures(session: AsyncSession, comic_id: int) -> dict[int, str]:
    """The artifact of every picture that was drawn, by position in the comic's stack."""
    rows = await session.execute(
        select(RenderedPanelRow.position, RenderedPanelRow.artifact).where(
            RenderedPanelRow.render_id == comic_id
        )
    )
    return {row.position: row.artifact for row in rows}


async def kept_pictures(session: AsyncSession, comic_id: int) -> dict[int, str]:
    """The artifact by number of the panel, of the takes that are kept."""
    kept = [one for one in await takes(session, comic_id) if one.state is TakeState.KEPT]
    return {one.panel: await _drawn_last(session, one.render_id) for one in kept}


async def picture_of(session: AsyncSession, comic_id: int, panel: int) -> str:
    """The artifact that a panel shows now. The story's panels are the first of a comic's stack.

    Raises:
        NotFound: there is none.
    """
    kept = await kept_pictures(session, comic_id)
    key = kept.get(panel) or (await pictures(session, comic_id)).get(panel - 1)
    if key is None:
        raise NotFound("picture", f"{comic_id}/{panel}")
    return key


async def withdraw(session: AsyncSession, comic_id: int, user_id: int) -> int:
    """Delete everything that was posted of a comic; how many messages are to go. Its clips show
    the same pictures, so they go, too."""
    own = [comic_id, *(one.render_id for one in await takes(session, comic_id))]
    own += [one.render_id for one in await clips.of_comic(session, comic_id)]
    return await upkeep.withdraw(session, own, user_id)


async def _drawn_last(session: AsyncSession, render_id: int) -> str:
    """A take's own panel is the last of its stack; the hidden ones come first."""
    key = await session.scalar(
        select(RenderedPanelRow.artifact)
        .where(RenderedPanelRow.render_id == render_id)
        .order_by(RenderedPanelRow.position.desc())
        .limit(1)
    )
    if key is None:
        raise NotFound("picture", str(render_id))
    return key


async def _change(session: AsyncSession, edition: Edition, **columns: object) -> None:
    await session.execute(
        update(EditionRow)
        .where(EditionRow.comic_id == edition.comic_id, EditionRow.version == edition.version)
        .values(**columns)
        .execution_options(synchronize_session=False)
    )
