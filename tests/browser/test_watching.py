"""A person looks at the wall and at a room while it goes on."""

from __future__ import annotations

import asyncio

from antiphon.testing.visitor import Visitor

SAID = "[...document.querySelectorAll('.block > .message')].map((one) => Number(one.dataset.seq))"


async def test_a_room_is_opened_from_the_wall_and_watched_to_its_end(person: Visitor) -> None:
    room = await person.web.begin(scenario="backrooms", rounds=2, seed=110)
    tab = await person.open()
    await tab.click(".rows a", "The backrooms")
    await tab.until("document.querySelector('.speaking:not([hidden]) .body')?.textContent.length > 3")
    await tab.shows("ended: rounds")
    assert await tab.run(SAID) == await person.said(room)
    assert await tab.run("document.querySelector('.speaking').hidden")
    assert await tab.run("document.querySelector('[role=log]').textContent.length > 10")


async def test_a_reload_in_mid_stream_loses_and_doubles_nothing_in_either_of_two_tabs(person: Visitor) -> None:
    room = await person.web.begin(rounds=12, seed=7)
    one, two = await asyncio.gather(person.open(f"/rooms/{room}"), person.open(f"/rooms/{room}"))
    for _ in range(3):
        await asyncio.sleep(0.2)
        await one.go(await one.run("location.href"))
    await asyncio.gather(one.shows("ended: rounds"), two.shows("ended: rounds"))
    said = await person.said(room)
    assert len(said) == 24
    assert await one.run(SAID) == said
    assert await two.run(SAID) == said


async def test_the_wall_is_filtered_and_moves_while_rooms_go_on(person: Visitor) -> None:
    await person.web.rests(await person.web.begin(rounds=1, labels={"arm": "a"}))
    tab = await person.open()
    await tab.shows("ended: rounds")
    await person.web.rests(await person.web.begin(scenario="solo", rounds=1))
    await tab.until("document.querySelectorAll('.rows > li').length === 2")
    await tab.run("document.querySelector('input[type=search]').focus()")
    await tab.type("solo")
    await tab.until("document.querySelectorAll('.rows > li').length === 1")
    await tab.shows("1 room of 2")
    assert "find=solo" in await tab.run("location.search")


async def test_a_person_pauses_says_something_and_lets_the_room_go_on(person: Visitor) -> None:
    room = await person.web.begin(rounds=40, seed=7)
    tab = await person.open(f"/rooms/{room}")
    await tab.click(".deeds button", "Pause")
    await tab.shows("paused: person")
    await tab.run("document.querySelector('.composer textarea').focus()")
    await tab.type("Is <b>anybody</b> here?")
    await tab.press("Enter")
    await tab.shows("Is <b>anybody</b> here?")
    await tab.click(".deeds button", "Resume")
    await tab.shows("● live")
    await person.web.post(f"/rooms/{room}/pause", now=True)
    await tab.shows("Resume")


async def test_a_whole_visit_needs_no_mouse(person: Visitor) -> None:
    await person.web.rests(await person.web.begin(rounds=3, seed=7))
    tab = await person.open()
    await tab.until("document.querySelector('.rows a')")
    await tab.press("Tab")
    assert await tab.run("document.activeElement.className") == "skip"
    await tab.press("j", "Enter")
    await tab.until("document.querySelector('.block > .message')")
    await tab.press("k", "k")
    await tab.until("document.activeElement.matches('.message.current')")
    await tab.press("?")
    await tab.shows("previous message")
    await tab.press("Escape")
    await tab.until("!document.querySelector('dialog')")
    await tab.press("w")
    await tab.until("document.querySelector('.rows a')")


async def test_a_small_screen_holds_everything_and_the_dark_is_dark(person: Visitor) -> None:
    room = await person.web.begin(scenario="backrooms", rounds=1, seed=110)
    await person.web.rests(room)
    paper = "getComputedStyle(document.documentElement).backgroundColor"
    for path in ("/", f"/rooms/{room}"):
        tab = await person.open(path, width=360, height=740, dark=True)
        await tab.until("document.querySelector('.rows a, .message')")
        assert await tab.run("document.documentElement.scrollWidth") == 360
        assert await tab.run(paper) == "rgb(23, 23, 26)"
        await tab.press("t")
        assert await tab.run(paper) == "rgb(251, 250, 247)"


async def test_who_was_not_let_in_looks_and_is_offered_nothing_to_do(person: Visitor) -> None:
    room = await person.web.paused()
    tab = await person.open("/", let_in=False)
    await tab.click(".rows a")
    await tab.shows("open the link that antiphon serve prints")
    assert await tab.run("[...document.querySelectorAll('.deeds button')].map((one) => one.textContent)") == ["Export"]
    assert await tab.run("document.querySelector('.composer').checkVisibility()") is False
    assert room in await tab.run("location.pathname")


async def test_surprising_words_are_tinted_with_their_bits_in_words_until_the_tint_is_turned_off(
    person: Visitor,
) -> None:
    room = await person.ended(scenario="backrooms", seed=110)
    tab = await person.open(f"/rooms/{room}")
    await tab.shows("bits a word")
    tinted = "[1, 2, 3, 4].some((level) => CSS.highlights.get(`t${level}`)?.size)"
    assert await tab.run(tinted)
    await tab.click(".head button", "Tint")
    assert not await tab.run(tinted)
    wall = await person.open()
    await wall.until("document.querySelector('.spark[aria-label^=novelty]')")
