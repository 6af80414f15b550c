"""A person does on the page what the command line does: begins, forks, compares, notes, finds, moves files, deletes."""

from __future__ import annotations

import asyncio
import json

from antiphon.testing.chromium import Tab
from antiphon.testing.visitor import Visitor

ROOM = "decodeURIComponent(location.pathname.split('/')[2] ?? '')"
DROP = """(async () => {
  const text = await (await fetch(`/api/v1/rooms/${%s}/export/jsonl`)).text(), moved = new DataTransfer();
  moved.items.add(new File([text], "night.jsonl"));
  document.querySelector("dialog").close();
  const how = {dataTransfer: moved, bubbles: true, cancelable: true};
  for (const type of ["dragover", "drop"]) document.body.dispatchEvent(new DragEvent(type, how));
})()"""
"""Drops a room's own file on the page."""

READY = "document.querySelector('.block > .message')"


async def choose(tab: Tab, seq: int) -> None:
    await tab.until(f"document.querySelector('.message[data-seq=\"{seq}\"]')")
    await tab.run(f"document.querySelector('.message[data-seq=\"{seq}\"]').click()")


async def test_a_room_is_begun_from_the_form_as_it_was_filled_in(person: Visitor) -> None:
    tab = await person.open()
    await tab.press("n")
    await tab.shows("Nobody in it costs anything")
    await tab.run("document.querySelector('dialog select').value = 'solo'")
    await tab.run("document.querySelector('dialog select').dispatchEvent(new Event('change'))")
    await tab.until("document.querySelectorAll('.plan > p').length === 1")
    await tab.click("dialog button", "Add a seat")
    await tab.until("document.querySelectorAll('.plan > p').length === 2")
    rounds = "[...document.querySelectorAll('dialog .field')].find((one) => one.textContent === 'Rounds').lastChild"
    await tab.run(f"{rounds}.focus()")
    await tab.type("2")
    await tab.click("dialog footer button", "Begin")
    await tab.shows("ended: rounds")
    state = await person.web.get(f"/rooms/{await tab.run(ROOM)}")
    assert (state["line"]["scenario"], len(state["seats"]), state["line"]["seats"]) == ("solo", 2, 2)


async def test_a_message_is_said_again_turned_through_and_compared(person: Visitor) -> None:
    room = await person.ended(scenario="backrooms", seed=110)
    seq = (await person.said(room))[3]
    tab = await person.open(f"/rooms/{room}")
    await choose(tab, seq)
    await tab.click(".tools button", "again")
    await tab.click("dialog footer button", "Say again")
    await tab.shows("1/3")
    await tab.press("]")
    await tab.until(f"{ROOM} !== {json.dumps(room)}")
    await tab.shows("2/3")
    await tab.click(".versions a", "compare")
    await tab.shows("3 messages at the beginning are equal")
    first = "document.querySelectorAll('.pair .first .body')"
    await tab.until(f"{first}.length === 2")
    assert await tab.run(f"{first}[0].textContent !== {first}[1].textContent")


async def test_a_room_is_forked_with_another_model_and_the_fork_leads_back(person: Visitor) -> None:
    room = await person.ended()
    seq = (await person.said(room))[2]
    tab = await person.open(f"/rooms/{room}")
    await choose(tab, seq)
    await tab.press("f")
    await tab.until("document.querySelectorAll('dialog fieldset select').length === 2")
    await tab.run("document.querySelector('dialog fieldset select').value = 'suspect'")
    await tab.click("dialog footer button", "Fork")
    await tab.until(f"{ROOM} !== {json.dumps(room)}")
    state = await person.web.get(f"/rooms/{await tab.run(ROOM)}")
    assert (state["line"]["parent"], state["seats"][0]["model"]) == (room, "suspect")
    await tab.click(".title a", "a fork")
    await tab.until(f"{ROOM} === {json.dumps(room)}")


async def test_a_note_and_a_bookmark_stay_at_their_message(person: Visitor) -> None:
    room = await person.ended()
    tab = await person.open(f"/rooms/{room}")
    await choose(tab, (await person.said(room))[1])
    await tab.press("b")
    await tab.shows("★ bookmark")
    await tab.press("m")
    await tab.until("document.activeElement.matches('dialog textarea')")
    await tab.type("<b>here</b>")
    await tab.click("dialog footer button", "Keep")
    await tab.shows("✎ <b>here</b>")
    await tab.go(await tab.run("location.href"))
    await tab.shows("✎ <b>here</b>")


async def test_words_are_found_and_lead_to_their_message(person: Visitor) -> None:
    room = await person.ended()
    told = await person.web.get(f"/rooms/{room}/events", type="message.said")
    event = told["events"][-1]
    tab = await person.open()
    await tab.press("/")
    await tab.type(" ".join(word.strip(".,?!\"'") for word in event["body"]["text"].split()[:4]))
    await tab.click(f".hits a[href$='#m{event['seq']}']")
    await tab.until(f"document.querySelector('.message.current')?.dataset.seq === '{event['seq']}'")


async def test_a_seat_is_looked_into_muted_and_shows_what_it_saw(person: Visitor) -> None:
    room = await person.web.paused()
    await person.web.post(f"/rooms/{room}/say", text="Remember the lamp.")
    tab = await person.open(f"/rooms/{room}")
    await tab.click(".seat", "Listener")
    await tab.click("dialog .deeds button", "Mute")
    await tab.until("document.querySelector('.seats')?.innerText.includes('muted')")
    ready = await person.ended()
    await tab.go(f"{await tab.run('location.origin')}/rooms/{ready}")
    await tab.click(".seat", "Listener")
    await tab.click("dialog button", "what it saw")
    await tab.shows("the same as was sent")


async def test_a_person_sits_in_a_room_and_types_its_turn(person: Visitor) -> None:
    room = await person.web.waiting(rounds=3)
    tab = await person.open(f"/rooms/{room}")
    await tab.shows("waits for you")
    await tab.until("document.querySelector('.composer select').value.startsWith('seat ')")
    await tab.press("s")
    await tab.type("I sit here too.")
    await tab.press("Enter")
    await tab.until(
        "[...document.querySelectorAll('.message .body')].some((one) => one.textContent.includes('I sit here'))"
    )
    await tab.until("document.querySelectorAll('.block > .message').length === 4")
    await tab.until("document.querySelector('.composer select').value.startsWith('seat ')")
    await tab.click(".composer button", "Pass")
    assert await person.web.rests(room) == "ended"


async def test_a_room_leaves_as_a_file_comes_back_by_drop_and_is_deleted(person: Visitor) -> None:
    room = await person.ended()
    tab = await person.open(f"/rooms/{room}")
    await tab.press("e")
    await tab.until("document.querySelectorAll('dialog a[download]').length === 4")
    await tab.run(DROP % json.dumps(room))
    await tab.shows("1 file read")
    assert (await person.web.get("/rooms"))["total"] == 2
    await tab.click("dialog a[data-go]")
    await tab.until(READY)
    await tab.until(f"{ROOM} !== {json.dumps(room)}")
    person.gone.append(await tab.run(ROOM))
    await tab.click(".deeds button", "Delete")
    await tab.click("dialog button", "Delete it")
    await tab.until("location.pathname === '/'")
    assert [line["room"] for line in (await person.web.get("/rooms"))["rooms"]] == [room]


async def test_a_room_is_read_step_by_step_while_it_goes_on(person: Visitor) -> None:
    room = await person.web.begin(rounds=6, seed=7)
    tab = await person.open(f"/rooms/{room}")
    await tab.until("document.querySelector('.pace select')")
    await tab.run("document.querySelector('.pace select').value = 'steps'")
    await tab.run("document.querySelector('.pace select').dispatchEvent(new Event('change'))")
    await person.web.rests(room)
    await asyncio.sleep(0.3)
    count = "document.querySelectorAll('.block > .message').length"
    before = await tab.run(count)
    await tab.press(".")
    await tab.until(f"{count} === {before + 1}")
    await tab.run("document.querySelector('.pace select').value = 'comes'")
    await tab.run("document.querySelector('.pace select').dispatchEvent(new Event('change'))")
    await tab.until(f"{count} === 12")


async def test_nothing_paid_begins_before_its_price_was_shown_and_agreed_to(person: Visitor) -> None:
    offers = (await person.web.get("/models"))["models"]
    paid = next(offer["id"] for offer in offers if offer["cost"] != "free" and offer["price"] is not None)
    tab = await person.open()
    await tab.press("n")
    await tab.shows("Nobody in it costs anything")
    await tab.run(f"document.querySelector('.plan select').value = {json.dumps(paid)}")
    await tab.run("document.querySelector('.plan select').dispatchEvent(new Event('change', {bubbles: true}))")
    await tab.shows("May cost")
    await tab.shows("It pauses at")
    await tab.click("dialog footer button", "Begin")
    await tab.shows("This may cost money")
    assert (await person.web.get("/rooms"))["total"] == 0
    await tab.press("Escape")
    assert (await person.web.get("/rooms"))["total"] == 0
