"""Reads the forwarder's markdown: a title of two names or more, then one heading a message.

Its JSON twin is preferred where there is one: markdown cannot tell a message that quotes a whole other message
from that message. It does not know what becomes of the transcript.
"""

from __future__ import annotations

import re
from itertools import cycle
from pathlib import Path

from msgspec.structs import replace

from antiphon.errors import TranscriptError
from antiphon.transcripts.bounds import file_name, line_of, take, text_of
from antiphon.transcripts.entries import Said, SeatShown
from antiphon.transcripts.footnotes import without
from antiphon.transcripts.forwarder import ALIKE, ARROW, MARKERS, PERSON, RULE, apart, headings, unescaped
from antiphon.transcripts.transcript import Transcript

__all__ = ["PLUGIN", "ForwarderMarkdown"]

_HEAD = re.compile(
    r"# (?P<title>[^\n]+)\n"
    r"(?:\n(?:\*\*Started:\*\* (?P<started>[^\n]*)\n)?"
    r"(?:\*\*Ended:\*\* (?P<ended>[^\n]*)\n)?"
    r"(?:\*\*Messages:\*\* (?P<messages>[0-9]{1,9})\n)?)?"
    r"\n---\n(?:\n|\Z)"
)
_SNIFF = re.compile(r"\s{0,3}# [^\n]+\r?\n\r?\n\*\*(?:Started|Ended|Messages):\*\* ")
_SNIFF_BARE = re.compile(rf"# [^\n]+{ARROW}[^\n]+\r?\n\r?\n---\r?\n(?:\r?\n(?:### |\Z)|\Z)")
"""Knows a file whose head tells neither times nor a count: its title must have the arrow, a heading must follow."""
_BEHIND = f"\n\n{RULE}"
"""Stands behind every message, the last one too."""


class ForwarderMarkdown:
    """Reads one markdown file as one transcript."""

    name = "forwarder_markdown"

    def sniff(self, head: bytes, filename: str) -> float:  # noqa: ARG002 - the readers' contract
        """Tell how much a file looks like this form, in [0, 1]."""
        text = head.decode("utf-8-sig", "replace")
        if not _SNIFF.match(text):
            return 0.6 if _SNIFF_BARE.match(text) else 0.0
        return 0.9 if ARROW in text.split("\n", 1)[0] else 0.6

    def read(self, source: str | Path | bytes, name: str = "") -> list[Transcript]:
        """Read a file or its bytes.

        Raises:
            TranscriptError: naming the line that is not as it must be.
        """
        known_as = file_name(source, name)
        text, lost = text_of(take(source, name), known_as)
        head = _HEAD.match(text)
        if head is None:
            raise TranscriptError(f"{known_as}, line 1: no `# A ↔ B` with `**Started:**` and `---` below it")
        text, marked = without(text, _BEHIND)
        names = head["title"].split(ARROW)
        said = _messages((text, marked), head.end(), names, known_as, lost)
        _compare(known_as, head["messages"], len(said), lost)
        models = [name for name in names if not name.endswith(PERSON)]
        labels = apart(models)
        if labels != models:
            said = _in_turn(said, models, labels)
            lost.append(f"{known_as}: {ALIKE}")
        seats = [SeatShown(label=label, model=model) for label, model in zip(labels, models, strict=True)]
        return [
            Transcript(
                title=head["title"],
                format=self.name,
                file=known_as,
                seats=tuple(seats),
                entries=tuple(said),
                started=head["started"],
                ended=head["ended"],
                end_markers=MARKERS,
                lost=tuple(lost),
            )
        ]


def _messages(
    told: tuple[str, dict[int, str]], start: int, names: list[str], known_as: str, lost: list[str]
) -> list[Said]:
    text, marked = told
    if start >= len(text):
        return []
    opening = re.compile(headings(names) + "\n\n")
    between = re.compile(_BEHIND.replace("\n", r"\n") + opening.pattern)
    found = opening.match(text, start)
    if found is None:
        where = line_of(text, start)
        raise TranscriptError(f"{known_as}, line {where}: no heading `### Name` with a name of the title")
    said: list[Said] = []
    while found is not None:
        speaker, begin = found["speaker"], found.end()
        found = between.search(text, begin)
        end = found.start() if found else _last(text, begin, known_as, lost)
        words = unescaped(text[begin:end].removesuffix(marked.get(len(said) + 1, "")), names)
        person = speaker.endswith(PERSON)
        said.append(Said(speaker=speaker.removesuffix(PERSON), text=words, person=person))
    return said


def _in_turn(said: list[Said], models: list[str], labels: list[str]) -> list[Said]:
    """Give the messages under one name to the seats that bear it, one after the other."""
    seats = {
        name: cycle([label for model, label in zip(models, labels, strict=True) if model == name]) for name in models
    }
    return [one if one.person else replace(one, speaker=next(seats[one.speaker])) for one in said]


def _last(text: str, begin: int, known_as: str, lost: list[str]) -> int:
    """Find where the last message ends; a file that was cut off says so."""
    if text.endswith(_BEHIND) and len(text) - len(_BEHIND) >= begin:
        return len(text) - len(_BEHIND)
    if text.endswith("\n\n---\n") and len(text) - len("\n\n---\n") >= begin:
        return len(text) - len("\n\n---\n")
    lost.append(f"{known_as}, line {line_of(text, len(text))}: the file breaks off inside its last message")
    return len(text)


def _compare(known_as: str, told: str | None, found: int, lost: list[str]) -> None:
    if told is not None and int(told) != found:
        lost.append(f"{known_as}: its head tells of {int(told)} messages, {found} stand in it")


PLUGIN = ForwarderMarkdown()
