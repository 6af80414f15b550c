"""Reads the forwarder's JSON: two models, and every message with its speaker.

It does not know what becomes of the transcript.
"""

from __future__ import annotations

from pathlib import Path

from msgspec import Struct

from antiphon.errors import TranscriptError
from antiphon.transcripts.bounds import bounded_json, file_name, take
from antiphon.transcripts.entries import Said, SeatShown
from antiphon.transcripts.forwarder import ALIKE, ARROW, MARKERS, apart
from antiphon.transcripts.transcript import Transcript

__all__ = ["PLUGIN", "ForwarderJson"]


class _Message(Struct):
    content: str
    speaker: str
    role: str = ""
    at: str | None = None


class _File(Struct):
    model_a: str
    model_b: str
    messages: list[_Message]
    started_at: str | None = None
    ended_at: str | None = None


class ForwarderJson:
    """Reads one JSON file as one transcript."""

    name = "forwarder_json"

    def sniff(self, head: bytes, filename: str) -> float:  # noqa: ARG002 - the readers' contract
        """Tell how much a file looks like this form, in [0, 1]."""
        start = head.removeprefix(b"\xef\xbb\xbf").lstrip()
        if not start.startswith(b"{"):
            return 0.0
        return 0.95 if b'"model_a"' in head and b'"model_b"' in head else 0.0

    def read(self, source: str | Path | bytes, name: str = "") -> list[Transcript]:
        """Read a file or its bytes.

        Raises:
            TranscriptError: naming the path in the JSON that is not as it must be.
        """
        known_as = file_name(source, name)
        told = bounded_json(take(source, name), _File, known_as)
        labels = _labels(told)
        said = _messages(told, labels, known_as)
        return [
            Transcript(
                title=ARROW.join((told.model_a, told.model_b)),
                format=self.name,
                file=known_as,
                seats=tuple(
                    SeatShown(label=label, model=model)
                    for label, model in zip(labels, (told.model_a, told.model_b), strict=True)
                ),
                entries=tuple(said),
                started=told.started_at,
                ended=told.ended_at,
                end_markers=MARKERS,
                lost=_doubts(told, known_as),
            )
        ]


def _labels(told: _File) -> list[str]:
    """Name the seats as the models, the second apart when one model talks to itself."""
    return apart([told.model_a or "A", told.model_b or "B"])


def _messages(told: _File, labels: list[str], known_as: str) -> list[Said]:
    alike = told.model_a == told.model_b
    speakers = {told.model_a: labels[0], told.model_b: labels[0] if alike else labels[1]}
    said = []
    for place, message in enumerate(told.messages):
        label = speakers.get(message.speaker)
        if label is None:
            raise TranscriptError(f"{known_as}: $.messages[{place}].speaker is neither model_a nor model_b of the file")
        label = labels[place % 2] if alike else label
        said.append(Said(speaker=label, text=message.content, at=message.at))
    return said


def _doubts(told: _File, known_as: str) -> tuple[str, ...]:
    if told.model_a != told.model_b:
        return ()
    return (f"{known_as}: {ALIKE}",)


PLUGIN = ForwarderJson()
