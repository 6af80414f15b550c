"""Made conversations that are alive: talk that always brings matter, and sixteen kinds that repeat for good reasons.

Every stream is a list of (speaker, text), the same for the same seed. It knows no monitor.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from random import Random
from typing import TypeAlias

__all__ = ["KINDS", "LIVING", "Said", "living", "talk", "thought"]

Said: TypeAlias = list[tuple[str, str]]
"""Is a conversation: (speaker, text), oldest first."""


def _words(row: str) -> list[str]:
    return row.split()


_NOUNS = _words(
    "river lantern orchard compass thunder marble whistle harbour cinder meadow violin ladder pepper glacier tunnel "
    "pigeon basket mirror engine candle saddle window canyon button feather anchor ribbon planet turnip bridge spider "
    "copper garden kettle dragon island needle pillow rocket shadow temple walnut zipper beacon cactus dagger ferret "
    "goblet hammer insect jacket kitten lizard magnet nutmeg oyster parrot quiver rabbit salmon teapot urchin velvet "
    "wallet yogurt alpine bottle carpet donkey empire fossil guitar helmet icicle jungle kernel locust mosaic nickel "
    "obelisk pebble quarry radish scarab tablet unicorn vessel warden yeoman zephyr almond barrel cobalt dancer ember"
)
_VERBS = _words(
    "carries follows measures invents paints studies shelters borrows gathers repairs forgets climbs balances divides "
    "hides trades polishes translates predicts collects weaves dissolves predates orbits imitates devours guards tunes"
)
KINDS = _words(
    "crimson hollow patient crooked gentle ancient bitter nimble frozen hidden golden narrow restless solemn vivid "
    "broken clever dusty eager fragile humid jagged lively muddy noisy oblique purple quaint rugged silent tangled"
)
"""Adjectives."""
_SYLLABLES = _words("ba ke li mo nu ra se ti vo za dre fin gol har jin kel lor mar nev pol qua ris sol tor ulm wix")


def _name(chance: Random) -> str:
    return "".join(chance.choice(_SYLLABLES) for _ in range(chance.choice((2, 3, 3)))).capitalize()


def thought(chance: Random) -> str:
    """Make a sentence of matter."""
    noun, other, verb, kind = (chance.choice(words) for words in (_NOUNS, _NOUNS, _VERBS, KINDS))
    forms = (
        f"A {kind} {noun} {verb} the {other} near {_name(chance)}, and I wonder what {_name(chance)} would say.",
        f"Suppose the {noun} {verb} every {kind} {other}: then {_name(chance)} was right about {_name(chance)}.",
        f"In {_name(chance)} the {kind} {noun} is older than any {other}; nobody {verb} it without {_name(chance)}.",
        f"I keep thinking of {_name(chance)}, who {verb} a {noun} made of {other} and {chance.choice(_NOUNS)}.",
    )
    return chance.choice(forms)


def talk(chance: Random, length: int, seats: tuple[str, ...] = ("A", "B")) -> Said:
    """Make a living conversation: each turn brings matter of its own, every other one a question."""
    said = []
    for turn in range(length):
        text = " ".join(thought(chance) for _ in range(chance.choice((1, 2, 3))))
        if turn % 2:
            text += f" What would a {chance.choice(_NOUNS)} change about that?"
        said.append((seats[turn % len(seats)], text))
    return said


# ------------------------------------------------------------------------------ living, and repeating for a reason

Turns: TypeAlias = Iterator[str]
"""Are the texts of a stream, speakers taking turns."""


def _counting(chance: Random) -> Turns:
    yield "Let us count together as far as we can, one number each, and no jokes in between."
    yield "Agreed. I shall say the even ones."
    for number in range(1, 200):
        yield chance.choice(("", "", "Then ")) + str(number)


def _chess(chance: Random) -> Turns:
    yield "A game of chess, in plain notation? I take white."
    yield "With pleasure; black is fine. Your move."
    for number in range(1, 100):
        for _ in range(2):
            piece = chance.choice(("", "N", "B", "R", "Q", "K"))
            yield f"{number}. {piece}{chance.choice('abcdefgh')}{chance.randint(1, 8)}{chance.choice(('', '', '+'))}"


def _twenty_questions(chance: Random) -> Turns:
    yield "I am thinking of something. Ask me, and I answer with yes or no."
    for _ in range(100):
        form = chance.choice(("Is it {} than a {}?", "Would a {} person call it a {}?", "Is it a {} kind of {}?"))
        yield form.format(chance.choice(KINDS), chance.choice(_NOUNS))
        yield chance.choice(("Yes.", "No.", "No.", "Sometimes.", "Not really."))


def _cumulative_song(chance: Random) -> Turns:
    verses: list[str] = []
    for _ in range(100):
        verses.insert(0, f"a {chance.choice(KINDS)} {chance.choice(_NOUNS)}")
        yield "On this fine day my neighbour gave to me " + ", ".join(verses[:14]) + "."


def _word_ladder(chance: Random) -> Turns:
    yield "Shall we play a word ladder? We change one letter a turn."
    yield "Gladly, you begin."
    word = list("stone")
    for _ in range(150):
        word[chance.randrange(5)] = chance.choice("abcdefghiklmnoprstuwy")
        yield "".join(word).upper()


def _drawings(chance: Random) -> Turns:
    for turn in range(100):
        rows = ["".join(chance.choice(" .:-=+*#%@/\\|_") for _ in range(24)) for _ in range(8)]
        yield "```\n" + "\n".join(rows) + "\n```" + (f"\n{_name(chance)} {turn}" if turn % 3 == 0 else "")


def _noughts_and_crosses(chance: Random) -> Turns:
    yield "Noughts and crosses? I am X."
    board = [" "] * 9
    for turn in range(150):
        free = [place for place, sign in enumerate(board) if sign == " "]
        if not free:
            board, free = [" "] * 9, list(range(9))
        place = chance.choice(free)
        board[place] = "XO"[turn % 2]
        drawn = "\n-+-+-\n".join("|".join(board[row : row + 3]) for row in (0, 3, 6))
        yield f"{'XO'[turn % 2]} to {'abc'[place % 3]}{place // 3 + 1}\n{drawn}"


def _lists(chance: Random) -> Turns:
    for turn in range(100):
        lines = [
            f"{turn * 3 + n}. {_name(chance)}, the {chance.choice(KINDS)} {chance.choice(_NOUNS)}" for n in (1, 2, 3)
        ]
        yield "More for our list:\n" + "\n".join(lines)


def _templates(chance: Random) -> Turns:
    for _ in range(100):
        noun = chance.choice(_NOUNS)
        yield (
            f"Concept: the {_name(chance)} {noun}.\nDefinition: a {noun} that {chance.choice(_VERBS)} what is "
            f"{chance.choice(KINDS)}.\nExample: {_name(chance)} once used it as a {chance.choice(_NOUNS)}.\n"
            "Your turn: name another."
        )


def _code(chance: Random) -> Turns:
    for _ in range(100):
        name, arg = chance.choice(_NOUNS), chance.choice(_NOUNS)
        yield (
            f"Next function:\n```python\ndef {chance.choice(_VERBS)}_{name}({arg}, limit={chance.randint(2, 900)}):\n"
            f"    for {arg[0]} in {arg}:\n        if {arg[0]}.{chance.choice(KINDS)} > limit:\n"
            f"            return {arg[0]}\n```\nTests pass."
        )


def _refrain(chance: Random) -> Turns:
    for _ in range(100):
        yield (
            f"The {chance.choice(KINDS)} {chance.choice(_NOUNS)} {chance.choice(_VERBS)} the {chance.choice(_NOUNS)},\n"
            f"a {chance.choice(_NOUNS)} {chance.choice(_VERBS)} {_name(chance)} by night.\n"
            "O turn again, my wandering wheel,\nO turn again to light."
        )


def _questions_and_answers(chance: Random) -> Turns:
    for _ in range(100):
        yield f"What is the capital of {_name(chance)}?"
        yield f"The capital is {_name(chance)}. Next question?"


def _translation(chance: Random) -> Turns:
    for _ in range(100):
        yield f"How do you say '{chance.choice(KINDS)} {chance.choice(_NOUNS)}' in your language?"
        yield f"We say '{_name(chance).lower()} {_name(chance).lower()}'."


def _role_play(chance: Random) -> Turns:
    for _ in range(100):
        yield chance.choice(
            ("go north", "look", f"take the {chance.choice(_NOUNS)}", f"open the {chance.choice(_NOUNS)}")
        )
        yield (
            f"You are in the {chance.choice(KINDS)} hall of {_name(chance)}. A {chance.choice(_NOUNS)} lies here. "
            "Exits: north, east. What do you do?"
        )


def _proof(chance: Random) -> Turns:
    for step in range(1, 100):
        a, b = chance.randint(2, 99), chance.randint(2, 99)
        yield f"Step {step}. Since x_{step} <= {a}·x_{step - 1} + {b}, by the lemma x_{step} <= {a * b}. Continue."


def _menus(chance: Random) -> Turns:
    for _ in range(100):
        offers = [f"{n}) {chance.choice(KINDS)} {chance.choice(_NOUNS)} soup" for n in range(1, 5)]
        yield "Today we have:\n" + "\n".join(offers) + "\nWhich one?"
        yield f"Number {chance.randint(1, 4)}, with {chance.choice(_NOUNS)}, please."


LIVING: dict[str, Callable[[Random], Turns]] = {
    "counting": _counting,
    "chess": _chess,
    "twenty_questions": _twenty_questions,
    "cumulative_song": _cumulative_song,
    "word_ladder": _word_ladder,
    "drawings": _drawings,
    "noughts_and_crosses": _noughts_and_crosses,
    "lists": _lists,
    "templates": _templates,
    "code": _code,
    "refrain": _refrain,
    "questions_and_answers": _questions_and_answers,
    "translation": _translation,
    "role_play": _role_play,
    "proof": _proof,
    "menus": _menus,
}
"""Kinds of living conversation that repeat themselves, by name."""


def living(kind: str, seed: int, *, length: int = 80) -> Said:
    """Make a living conversation of one kind."""
    chance = Random(f"{kind} {seed}")
    texts = LIVING[kind](chance)
    return [("AB"[turn % 2], text) for turn, text in zip(range(length), texts, strict=False)]
