"""Pages are made again and bound without drawing anything."""

import io
from contextlib import aclosing
from dataclasses import replace

import pytest
from PIL import Image

from generation.studio.events import Bind, Order, Progress, Repack, Trouble
from generation.studio.studio import Studio, StudioError
from tests.generation.studio.conformance.watching import MakePlan, drawn, pages, pictures


class Printing:
    async def test_a_story_is_lettered_again_from_its_pictures_while_another_is_drawn(
        self, studio: Studio, make_plan: MakePlan
    ) -> None:
        plan = make_plan(steps=2)
        events = await drawn(studio, Order(1, 1, plan))
        by_number = {
            number: image
            for position, image in pictures(events).items()
            if (number := plan.panels[position].number) is not None
        }
        async with aclosing(studio.draw(Order(2, 1, make_plan(steps=1000)))) as stream:
            async for event in stream:
                if isinstance(event, Progress):
                    break
            again = await studio.compose(plan, by_number)
            silent = replace(plan, panels=tuple(replace(one, lettering=()) for one in plan.panels))
            without_words = await studio.compose(silent, by_number)
        assert {page.index: page.image for page in again} == pages(events)
        assert without_words[0].image != again[0].image

    async def test_pages_are_bound_into_files(self, studio: Studio, make_plan: MakePlan) -> None:
        events = await drawn(studio, Order(1, 1, make_plan(steps=1)))
        page = pages(events)[0]
        for binding in ("cbz", "pdf", "png"):
            (file,) = await studio.bind(Bind(binding, (page,), "Tabs", "tabs", 10_000_000))
            assert file.name == f"tabs.{binding}"
            assert page in file.data or binding == "pdf"
        with pytest.raises(StudioError):
            await studio.bind(Bind("png", (page,), "Tabs", "tabs", 10))
        small = await studio.repack(Repack(page, 5000, 64, 10_000_000))
        assert max(Image.open(io.BytesIO(small)).size) == 64
        with pytest.raises(StudioError, match="no picture") as caught:
            await studio.repack(Repack(b"<html>", 5000, 64, 10_000_000))
        assert caught.value.code is Trouble.NOT_A_PICTURE
