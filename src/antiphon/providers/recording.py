"""Seats a recorded speaker: it says, in order, what that speaker said in another room or in a file.

The model is written "ROOM#Speaker" or "PATH#Speaker". It answers to nothing it hears. Where it stands is read from the
room itself, so that it goes on at the right place after a resume or a fork. When nothing is left, it passes. It does
not know how a recording is read: assembly hands it a reader.
"""

from __future__ import annotations

from antiphon.errors import ProviderFailure, ScenarioError
from antiphon.room.contracts import Allowance, Listen, Means, Reply, Speaker
from antiphon.room.events import Usage
from antiphon.room.state import Seat
from antiphon.room.view import View

__all__ = ["PLUGIN", "Recording"]


class Recording:
    """Makes speakers for recorded seats."""

    name = "recording"
    cost = "free"

    def speaker(self, seat: Seat, means: Means) -> Speaker:
        """Make the speaker for a seat.

        Raises:
            ScenarioError: when the model does not name a recording and a speaker in it.
        """
        source, _, speaker = seat.model.rpartition("#")
        if not (source and speaker):
            msg = f'model {seat.model!r} names no recorded speaker; write "ROOM#Speaker" or "PATH#Speaker"'
            raise ScenarioError(msg)
        return _Speaker(source, speaker, means)


class _Speaker:
    """Says a recorded speaker's lines."""

    def __init__(self, source: str, speaker: str, means: Means) -> None:
        self._source, self._speaker, self._means = source, speaker, means
        self._lines: list[str] | None = None

    async def speak(self, view: View, allowance: Allowance, listen: Listen | None = None) -> Reply:  # noqa: ARG002 - the Protocol's
        """Give the next recorded line, or pass when there is none."""
        lines = await self._read()
        at = _said(view)
        if at >= len(lines):
            return Reply(text="", passed=True, usage=Usage(), cost=0.0)
        text = lines[at]
        heard = listen is None or listen(text)
        finish = "stop" if heard else "cut"
        return Reply(text=text, finish=finish, usage=Usage(), cost=0.0, applied={"line": at + 1, "of": len(lines)})

    async def _read(self) -> list[str]:
        if self._lines is None:
            if self._means.recording is None:
                raise ProviderFailure("unavailable", "recordings cannot be read here")
            said = await self._means.recording(self._source)
            self._lines = [text for speaker, text in said if speaker == self._speaker]
            if not self._lines:
                speakers = ", ".join(sorted({speaker for speaker, _ in said})[:12])
                text = f"nobody called {self._speaker!r} speaks in that recording; there are: {speakers or 'nobody'}"
                raise ProviderFailure("refused", text)
        return self._lines


def _said(view: View) -> int:
    """Count what the seat said: by the room's own count where a window hides the oldest messages."""
    own = sum(part.by == view.seat.id and part.kind == "said" for part in view.parts)
    return max(own, view.seat.messages)


PLUGIN = Recording()
