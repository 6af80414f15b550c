"""What a foreign file says, independent of its form, and how that becomes events of a room of our own.

A `Transcript` is what every reader gives. `drafts` is the one place where foreign text turns into events: it grants
no right, opens no picture and invents no time. It knows no journal and no file system.
"""

from __future__ import annotations

from collections.abc import Iterable

from msgspec import Struct

from antiphon.errors import TranscriptError
from antiphon.room.events import (
    AnyBody,
    CommandRan,
    Draft,
    EffectEnded,
    Erased,
    Event,
    Json,
    MessageSaid,
    NoticeGiven,
    Phase,
    PromptChanged,
    RoomEnded,
    RoomOpened,
    RuleNoted,
    SeatChanged,
    SeatJoined,
    StateChanged,
)
from antiphon.room.scenario import Scenario, SeatPlan
from antiphon.room.speech import asks_end
from antiphon.transcripts.entries import Commanded, Entry, Noticed, Painted, Said, SeatShown
from antiphon.transcripts.safe import slug

__all__ = ["MOST_SEATS", "Transcript", "counts", "drafts"]

ENGINE = "import-1"
"""Named in `room.opened` of imported rooms: the version of the rules in this file."""
MOST_SEATS = 64
"""A scenario holds no more; a file with more speakers was misread or is hostile."""
NAME_LENGTH = 64
"""A scenario's name is no longer."""


class Transcript(Struct, frozen=True, kw_only=True):
    """Is one conversation as a file tells it.

    Attributes:
        title: as the file gives it, or made from the seats; any text.
        format: the reader's name.
        file: the file's name without folders.
        seats: in the order the file introduces them.
        entries: what happened, oldest first; a command follows the message it stood in.
        started, ended: as the file writes them; None = not told.
        end_markers: what asks to end in this form, as the last token of a message.
        lost: what could not be read or repaired, each with its place.
        repaired: how damaged text was restored, "" = it was not damaged.
        events: original events, where the file held events; then `entries` is empty.
        blobs: name ("sha256:…") -> (bytes, MIME type), where the file held pictures.
    """

    title: str
    format: str
    file: str = ""
    seats: tuple[SeatShown, ...] = ()
    entries: tuple[Entry, ...] = ()
    started: str | None = None
    ended: str | None = None
    end_markers: tuple[str, ...] = ()
    lost: tuple[str, ...] = ()
    repaired: str = ""
    events: tuple[Event, ...] = ()
    blobs: dict[str, tuple[bytes, str]] = {}

    def messages(self) -> list[tuple[str, str]]:
        """List (speaker, text) of every message, oldest first."""
        if self.events:
            said = [(event.by, event.body) for event in self.events]
            return [(body.seat or by, body.text) for by, body in said if isinstance(body, MessageSaid)]
        return [(entry.speaker, entry.text) for entry in self.entries if isinstance(entry, Said)]


def drafts(transcript: Transcript, *, seed: int = 0) -> list[Draft]:
    """Turn a transcript into the events of a new room, which is left paused.

    Args:
        transcript: what a reader gave.
        seed: the new room's; a transcript that holds events keeps its own.

    Returns:
        The drafts in order; the first is `room.opened` and gets sequence number 1.

    Raises:
        TranscriptError: when nobody speaks in it, or more than a room can seat.
    """
    return _restored(transcript) if transcript.events else _Drafting(transcript, seed).run()


# ------------------------------------------------------------------------------- our own events


def _restored(transcript: Transcript) -> list[Draft]:
    """Give the original bodies in their order; what its owner erased leaves a note, so that numbers still fit."""
    made = [Draft(event.by, _unerased(event.body)) for event in transcript.events]
    phase: Phase = "live"
    for event in transcript.events:
        match event.body:
            case StateChanged(after=after):
                phase = after
            case RoomEnded():
                phase = "ended"
            case RoomOpened():
                phase = "live"
            case _:
                pass
    if phase in {"live", "suspect", "closing"}:
        made.append(Draft("room", StateChanged(before=phase, after="paused", rule="imported")))
    return made


def _unerased(body: AnyBody | Erased) -> AnyBody:
    return RuleNoted(rule="import.erased", data={"type": body.erased_type}) if isinstance(body, Erased) else body


# ------------------------------------------------------------------------------- entries to events


class _Drafting:
    """Walks over the entries once, counting sequence numbers as the journal will give them."""

    def __init__(self, transcript: Transcript, seed: int) -> None:
        self.transcript, self.seed = transcript, seed
        self.made: list[Draft] = []
        self.ids = _ids(transcript)
        self.message: dict[str, int] = {}
        self.temperature: dict[str, float | None] = {}
        self.invited = {entry.guest for entry in transcript.entries if isinstance(entry, Commanded) and entry.guest}

    def run(self) -> list[Draft]:
        self._take("room", self._opened())
        for seat in self.transcript.seats:
            if seat.label not in self.invited:
                self._seat(seat, "room", None)
        for entry in self.transcript.entries:
            self._entry(entry)
        self._take("room", StateChanged(before="live", after="paused", rule="imported"))
        return self.made

    def _take(self, by: str, body: AnyBody) -> int:
        self.made.append(Draft(by, body))
        return len(self.made)

    def _opened(self) -> RoomOpened:
        transcript = self.transcript
        told = {
            "imported": transcript.format,
            "file": transcript.file,
            "started": transcript.started,
            "ended": transcript.ended,
            "repaired": transcript.repaired,
        }
        plans = [
            SeatPlan(model=seat.model or seat.label, provider="imported", label=seat.label)
            for seat in transcript.seats
            if seat.label not in self.invited
        ]
        scenario = Scenario(
            name=_scenario_name(transcript.title),
            title=transcript.title,
            seats=tuple(plans),
            end_markers=transcript.end_markers,
        )
        labels = {key: value for key, value in told.items() if value}
        return RoomOpened(scenario=scenario, seed=self.seed, engine=ENGINE, labels=labels)

    def _seat(self, seat: SeatShown, by: str, invitation: str | None) -> None:
        self._take(
            by,
            SeatJoined(
                seat=self.ids[seat.label],
                label=seat.label,
                provider="imported",
                model=seat.model or seat.label,
                display=seat.model,
                number=_number(self.ids[seat.label]),
                free=True,
                invitation=invitation,
            ),
        )

    def _entry(self, entry: Entry) -> None:
        match entry:
            case Said():
                self._said(entry)
            case Commanded():
                self._command(entry)
            case Noticed():
                self._take("room", NoticeGiven(text=entry.text))
            case Painted():
                self._painted(entry)

    def _said(self, entry: Said) -> None:
        at = entry.at or "unknown"
        if entry.person:
            self._take(f"person:{entry.speaker}", MessageSaid(person=entry.speaker, text=entry.text, said_at=at))
            return
        seat = self.ids[entry.speaker]
        ends = "unknown" if asks_end(entry.text, self.transcript.end_markers) else None
        self.message[seat] = self._take(seat, MessageSaid(seat=seat, text=entry.text, said_at=at, asks_end=ends))

    def _command(self, entry: Commanded) -> None:
        seat = self.ids[entry.speaker]
        effect = f"picture-{entry.picture}" if entry.picture is not None else None
        self._take(
            seat,
            CommandRan(
                message=self.message.get(seat),
                seat=seat,
                name=entry.name,
                args=_arguments(entry),
                outcome=entry.outcome,
                reason=entry.reason,
                effect=effect,
            ),
        )
        if entry.outcome == "done":
            self._effects(entry, seat)

    def _effects(self, entry: Commanded, seat: str) -> None:
        match entry.name, entry.args:
            case "prompt", ("revert",):
                self._take(seat, PromptChanged(seat=seat, how="revert"))
            case "prompt", ("replace", text, *_):
                self._take(seat, PromptChanged(seat=seat, how="replace", text=text))
            case "prompt", (_, *_):
                self._take(seat, PromptChanged(seat=seat, how="add", text=" ".join(entry.args)))
            case "temperature", (word, *_) if (value := _temperature(word)) is not None:
                before = self.temperature.get(seat)
                self.temperature[seat] = value
                self._take(seat, SeatChanged(seat=seat, what="temperature", before=before, after=value))
            case "add_ai", (_, *rest) if entry.guest is not None:
                guest = next(shown for shown in self.transcript.seats if shown.label == entry.guest)
                self._seat(guest, seat, rest[0] if rest else None)
            case _:
                pass

    def _painted(self, entry: Painted) -> None:
        seat = self.ids[entry.speaker]
        effect = f"picture-{entry.picture}" if entry.picture is not None else f"picture-at-{len(self.made) + 1}"
        body = EffectEnded(
            effect=effect, kind="image", seat=seat, prompt=entry.description, caption=entry.description or "a picture"
        )
        self._take(seat, body)


def _arguments(entry: Commanded) -> Json:
    """Name a command's words as the commands of a live room do."""
    first = entry.args[0] if entry.args else ""
    match entry.name:
        case "image":
            return {"text": first}
        case "prompt" if entry.outcome == "done" and entry.args:
            return {"how": first if first in {"replace", "revert"} else "add"}
        case "temperature" if (value := _temperature(first)) is not None:
            return {"value": value}
        case "add_ai" if len(entry.args) > 1:
            return {"model": first, "invitation": entry.args[1]}
        case "add_ai":
            return {"model": first}
        case _:
            return {"words": list(entry.args)}


def _temperature(text: str) -> float | None:
    """Read a temperature from 0 to 2; what is none changes nothing."""
    try:
        number = float(text)
    except ValueError:
        return None
    return number if 0 <= number <= 2 else None  # noqa: PLR2004 - the range every provider defines


def _ids(transcript: Transcript) -> dict[str, str]:
    """Give each seat's label its id: the file's own where it has one, else by order."""
    seats = transcript.seats
    if not seats:
        msg = f"{transcript.file or 'the file'}: nobody speaks in it; a transcript names at least one speaker"
        raise TranscriptError(msg)
    if len(seats) > MOST_SEATS:
        msg = f"{transcript.file or 'the file'}: {len(seats)} speakers; a room seats at most {MOST_SEATS}"
        raise TranscriptError(msg)
    return {seat.label: seat.id or f"AI-{place}" for place, seat in enumerate(seats, 1)}


def _number(seat: str) -> int:
    digits = seat.rpartition("-")[2]
    return int(digits) if digits.isdecimal() else 0


def _scenario_name(title: str) -> str:
    """Make a name a scenario may bear from any title."""
    plain = slug(title.replace("↔", " and ")).replace(".", "-")
    kept = "".join(sign for sign in plain if sign.isascii() and (sign.isalnum() or sign in "-_"))
    return kept.strip("-_")[:NAME_LENGTH].rstrip("-_") or "imported"


def counts(made: Iterable[Draft]) -> dict[str, dict[str, int]]:
    """Count commands by name: {"image": {"done": 7, "refused": 0}}; one is done, too, when its effect came."""
    bodies = [draft.body for draft in made]
    came = {body.effect for body in bodies if isinstance(body, EffectEnded) and body.failed is None}
    found: dict[str, dict[str, int]] = {}
    for body in bodies:
        if isinstance(body, CommandRan):
            tally = found.setdefault(body.name, {"done": 0, "refused": 0})
            outcome = "done" if body.outcome == "pending" and body.effect in came else body.outcome
            if outcome in tally:
                tally[outcome] += 1
    return dict(sorted(found.items()))
