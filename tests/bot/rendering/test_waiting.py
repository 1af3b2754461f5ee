"""How long a render waits is what those before it take."""

from dataclasses import replace

import pytest

from bot.rendering.requests import CLIP_LANE, Shelf
from bot.rendering.waiting import waits
from generation.script.catalogue import Model, Style
from generation.script.clips import Wish, plan_clip
from generation.script.estimating import Speed, estimate, speed_key
from generation.script.motions import Mover
from storage import attempts, queue, speeds
from tests.bot.rendering.conftest import House
from tests.bot.rendering.scripted import STEPS, plan

MODEL = Model("toon", "Toon", "nowhere", "sd15", 64, 64, STEPS, 5.0, seconds_per_step=0.5)
SHELF = Shelf({"toon": MODEL}, {"comic": Style("comic", "Comic", "{scene}", "")}, "toon")


async def test_a_render_waits_for_the_rest_of_what_is_drawn_and_all_before_it(
    house: House,
) -> None:
    whole = estimate(plan(), MODEL).seconds
    assert whole == pytest.approx(STEPS * 2 * 0.5)
    first, second, third = [await house.order(user_id=user) for user in (1, 2, 3)]
    async with house.database.session() as session:
        await queue.claim(session)
        await attempts.progress(session, first, 1, STEPS // 2)
        found = await waits(session, SHELF)
    assert found == {second: pytest.approx(whole / 2), third: pytest.approx(whole * 1.5)}


async def test_a_picture_does_not_wait_for_a_clip_which_waits_for_all_pictures(
    house: House,
) -> None:
    filmed = plan(panels=3)
    keys = {1: "one", 2: "two", 3: "three"}
    clip = plan_clip(filmed, keys, Wish(1, 3, 12, True), Mover("toon", STEPS // 2), 1000)
    begun = await house.order(plan_json=clip.to_json(), lane=CLIP_LANE)
    other = await house.order(2, clip.to_json(), lane=CLIP_LANE)
    async with house.database.session() as session:
        await speeds.remember(session, speed_key(clip), Speed(0.0, 4.0))
        await queue.claim(session)
        await attempts.progress(session, begun, 1, STEPS // 2)
    picture = await house.order(3)
    async with house.database.session() as session:
        found = await waits(session, SHELF)
    drawn = estimate(plan(), MODEL).seconds
    assert drawn is not None
    assert found == {picture: 0.0, other: pytest.approx(drawn + 12.0 / 2)}


async def test_behind_a_render_that_nobody_has_measured_nothing_is_told(house: House) -> None:
    first, _ = [await house.order(user_id=user) for user in (1, 2)]
    unmeasured = replace(SHELF, models={"toon": replace(MODEL, seconds_per_step=0.0)})
    async with house.database.session() as session:
        assert await waits(session, unmeasured) == {first: 0.0}
