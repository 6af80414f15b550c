"""What the classic writer keeps is equal after reading, whatever a model wrote; what it does not keep is told."""

from __future__ import annotations

from typing import Any

from hypothesis import example, given
from hypothesis import strategies as st

from antiphon.room.events import CommandRan, EffectEnded, NoticeGiven, Outcome, PromptChanged, SeatChanged
from antiphon.testing.events import Script
from antiphon.transcripts.readers.classic import PLUGIN as READER
from antiphon.transcripts.transcript import counts, drafts
from antiphon.transcripts.writers.classic import PLUGIN

LINES = [
    "AI-1 (echo) ",
    "AI-2 (echo)",
    "[AI-1 modified their system prompt]",
    '💭 [AI-1]: !prompt "never ends',
    '✨ [AI-2]: !add_ai "x" "y"',
    "🌡️ [AI-1]: !temperature 2",
    "Maximum of 5 AIs already reached",
    "🎨 AI-1 (echo) created an image\ufffc",
    '[AI-1 (echo)]: !image "z" ',
    '🎨 [AI-1 (echo)]: !image "z" (generating...)',
    "\\AI-1 (echo) ",
    "\\\\[AI-1 modified their system prompt]",
    "Person (ada) ",
    "↔ antiphon classic",
    "",
    "x\ry",
    "\r",
    "\u2028",
    "\0",
    "Ã©Ã©Ã© â€™",
]
TEXTS = st.lists(st.lists(st.sampled_from(LINES) | st.text(max_size=20), max_size=5).map("\n".join), max_size=5)


@given(TEXTS)
@example(["[AI-2 modified their system prompt]", "AI-1 (echo) \n"])
@example(["", "", "\n"])
def test_speakers_texts_and_order_survive_hostile_messages(texts: list[str]) -> None:
    script = Script(2)
    for place, text in enumerate(texts):
        script.turn(f"AI-{place % 2 + 1}", text)
    if not texts:
        return
    (transcript,) = READER.read(PLUGIN.write(script.events, lambda _: None))
    assert transcript.messages() == [(f"AI-{place % 2 + 1}", text) for place, text in enumerate(texts)]


def commanded(text: str) -> Script:
    """Write a room in which a seat uses every command of this form."""
    script = Script(2)
    said = script.turn("AI-1", f'!image "{text}"').seq

    def ran(name: str, effect: str | None = None, **args: Any) -> None:
        outcome: Outcome = "pending" if effect else "done"
        body = CommandRan(message=said, seat="AI-1", name=name, args=args, outcome=outcome, effect=effect)
        script.add(body, "AI-1")

    ran("image", "e1", text=text)
    ran("prompt", how="add")
    script.add(PromptChanged(seat="AI-1", how="add", text=text), "AI-1")
    script.add(NoticeGiven(text="[AI-1 modified their system prompt]", to=("AI-2",)))
    ran("temperature", value=1.5)
    script.add(SeatChanged(seat="AI-1", what="temperature", after=1.5), "AI-1")
    ran("add_ai", model="echo", seat="AI-3")
    script.join(by="AI-1", invitation=text)
    script.add(EffectEnded(effect="e1", kind="image", seat="AI-1", prompt=text, blob="sha256:0"), "runner")
    script.turn("AI-2", "Look.")
    script.turn("AI-3", "I came.")
    return script


ARGUMENTS = st.text(alphabet='ab "\\“’\n([,)]:!{}é\u2028', min_size=1, max_size=60).filter(str.strip)


@given(ARGUMENTS)
@example("ends in a slash \\")
@example('"quoted"')
@example("AI-1 (echo) \nAI-2 (echo) ")
def test_prompts_and_outcomes_survive(text: str) -> None:
    (transcript,) = READER.read(PLUGIN.write(commanded(text).events, lambda _: None))
    made = drafts(transcript)
    assert counts(made) == {name: {"done": 1, "refused": 0} for name in ("add_ai", "image", "prompt", "temperature")}
    assert [draft.body.text for draft in made if isinstance(draft.body, PromptChanged)] == [text]
    assert [seat.label for seat in transcript.seats] == ["AI-1", "AI-2", "AI-3"]


def test_what_others_were_shown_is_written_and_not_what_was_stripped() -> None:
    script = Script(2)
    script.turn("AI-1", '!prompt "secret"\nHello.', shown="Hello.")
    script.person("Good evening.")
    (transcript,) = READER.read(PLUGIN.write(script.events, lambda _: None))
    assert transcript.messages() == [("AI-1", "Hello."), ("ada", "Good evening.")]


def test_what_has_no_line_in_this_form_is_told(sealed: Any) -> None:
    script = commanded("a lamp")
    script.add(CommandRan(message=6, seat="AI-1", name="list_models", outcome="done"), "AI-1")
    assert PLUGIN.report(sealed(script.events)) == [
        "1 command outcome that this form has no line for",
        "1 picture, of which only the descriptions are kept",
    ]
