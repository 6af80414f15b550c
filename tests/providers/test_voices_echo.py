from __future__ import annotations

import re
from importlib.resources import files

import pytest

from antiphon.measures.prediction import words
from antiphon.providers import voices
from antiphon.providers.voices.echo import train, trained
from antiphon.testing.rehearsal import Rehearsal

PROSE = files(voices).joinpath("prose.txt").read_text("utf-8")
RUN = 8


def runs(text: str) -> list[tuple[str, ...]]:
    said = words(text)
    return [tuple(said[here : here + RUN]) for here in range(len(said) - RUN + 1)]


async def spoken(messages: int, *, seed: int = 0, temperature: float | None = None, opening: str = "") -> list[str]:
    room = Rehearsal("echo", "echo", seed=seed, temperature=temperature, extra={"commands": False})
    if opening:
        room.hear(opening)
    return await room.talk(messages)


def test_the_prose_is_long_and_does_not_repeat_itself() -> None:
    found = runs(PROSE)
    assert len(PROSE.encode()) >= 60_000
    assert len(set(found)) > 0.99 * len(found)
    assert len(set(words(PROSE))) > 1_900


@pytest.mark.parametrize(("seed", "temperature"), [(0, None), (1, None), (2, 0.3), (3, 2.0)])
async def test_at_most_three_in_ten_runs_of_eight_words_stand_in_the_prose(
    seed: int, temperature: float | None
) -> None:
    known = set(runs(PROSE))
    said = [run for text in await spoken(200, seed=seed, temperature=temperature) for run in runs(text)]
    assert len(said) > 1_000
    assert sum(run in known for run in said) <= 0.3 * len(said)


async def test_speech_is_one_to_four_capitalised_sentences() -> None:
    for text in await spoken(100):
        assert text[0].isupper()
        assert text[-1] in ".?!"
        assert 1 <= len(re.findall(r"[.?!](?:\s|$)", text)) <= 4
        assert not re.search(r"\s[.,;:?!]|[.,;:?!]{2}|\s\s", text)
        assert len(text.split()) <= 4 * 62


async def test_it_drifts_towards_what_it_hears() -> None:
    async def mentions(opening: str) -> int:
        texts = [(await spoken(1, seed=seed, opening=opening))[0] for seed in range(60)]
        return sum("garden" in text.lower() for text in texts)

    assert await mentions("The garden, the garden! Nothing but the garden.") >= 2 * await mentions("") + 5


async def test_a_higher_temperature_uses_more_different_words() -> None:
    async def variety(temperature: float) -> int:
        return len({word for text in await spoken(60, temperature=temperature) for word in words(text)})

    assert await variety(0.2) < await variety(2.0)


def test_a_name_keeps_its_capital_and_a_beginning_loses_it() -> None:
    known = train("The dog ran. Every day Ada saw the dog. Then Ada ran.").model.follows(())
    assert "the" in known
    assert "Ada" in known
    assert "The" not in known


def test_the_prose_is_read_once() -> None:
    assert trained() is trained()
