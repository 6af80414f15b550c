"""Reads the classic text form: blocks of `AI-1 (Model)`, with the program's notices between them.

Damaged text is repaired first. A line that looks like a notice counts as one only where notices stand: in an
unbroken run right before the heading of the same seat, or before a finished picture; elsewhere it is speech. Each
command is counted once, by its notice. It does not know what becomes of the transcript.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace

from antiphon.errors import TranscriptError
from antiphon.room.arguments import read_arguments
from antiphon.room.speech import Found, commands_in
from antiphon.transcripts.bounds import file_name, line_of, take, text_of
from antiphon.transcripts.classic import MARK, MARKERS, PERSON, Shape, shape_of, shortened, unescaped
from antiphon.transcripts.entries import Commanded, Entry, Noticed, Painted, Said, SeatShown
from antiphon.transcripts.mojibake import Repaired, repair
from antiphon.transcripts.transcript import MOST_SEATS, Transcript

__all__ = ["PLUGIN", "Classic"]

_SNIFF = re.compile(r"^AI-[1-9][0-9]{0,3} \([^\n]{1,200}\) ?\r?$", re.MULTILINE)
_SNIFF_COMMAND = re.compile(r"^[^\n]{0,24}\[AI-[1-9][0-9]{0,3}(?: \([^\n]{1,200}\))?\]: !", re.MULTILINE)


class Classic:
    """Reads one text file as one transcript."""

    name = "classic"

    def sniff(self, head: bytes, filename: str) -> float:  # noqa: ARG002 - the readers' contract
        """Tell how much a file looks like this form, in [0, 1]."""
        text = head.decode("utf-8-sig", "replace")
        heading, command = _SNIFF.search(text), _SNIFF_COMMAND.search(text)
        if heading and command:
            return 0.9
        return 0.6 if heading else 0.0

    def read(self, source: str | Path | bytes, name: str = "") -> list[Transcript]:
        """Read a file or its bytes.

        Raises:
            TranscriptError: when no line is a heading.
        """
        known_as = file_name(source, name)
        text, lost = text_of(take(source, name), known_as)
        mended = Repaired(text=text) if _intact(text) else repair(text)
        lost += [f"{known_as}, {place}" for place in mended.lost]
        blocks = _Lines(mended.text.removeprefix(f"{MARK}\n")).blocks()
        if not any(block.seat not in {"", PERSON} for block in blocks):
            raise TranscriptError(f"{known_as}: no line such as `AI-1 (Model)` opens a message in it")
        reading = _Reading(known_as, lost)
        for block in blocks:
            reading.block(block)
            _few(reading.models, known_as)
        entries = _guests(_pictures(reading.entries, known_as, lost), reading.models, known_as, lost)
        seats = [SeatShown(label=seat, model=model, id=seat) for seat, model in reading.models.items()]
        return [
            Transcript(
                title=Path(known_as).stem,
                format=self.name,
                file=known_as,
                seats=tuple(sorted(seats, key=lambda seat: int(seat.id[3:]))),
                entries=tuple(entries),
                end_markers=MARKERS,
                lost=tuple(lost),
                repaired=mended.how,
            )
        ]


def _intact(text: str) -> bool:
    """Tell whether our own writer's mark stands at the start: what looks damaged then was said so."""
    return text.startswith(MARK)


# ------------------------------------------------------------------------------- lines to blocks


class _Item(Struct, frozen=True):
    """Is one line of the form, with the arguments that may run over further lines."""

    shape: Shape
    line: int
    seat: str
    model: str
    name: str
    words: tuple[str, ...]
    text: str
    end: int


class _Block(Struct, frozen=True):
    """Is a message with the lines that stood before it; `seat` is "" where only such lines stand."""

    seat: str
    model: str
    line: int
    text: str
    before: tuple[_Item, ...]


class _Lines:
    """Cuts a text into blocks."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.line = 1
        self.speech_until = 0
        headings = [found for found in map(shape_of, text.split("\n")) if found and found[0] == "heading"]
        self.strict = bool(headings) and headings[0][1]["text"] == " "

    def blocks(self) -> list[_Block]:
        made: list[_Block] = []
        before, opening = self._run()
        while opening is not None:
            start = opening.end
            while True:
                stop = self.at
                after, following = self._run()
                if following is not None or after or self.at >= len(self.text):
                    break
                self._skip_line()
            words = self.text[start : max(start, stop - 1)] if stop < len(self.text) else self.text[start:]
            if stop >= len(self.text):
                words = words.removesuffix("\n")
            made.append(_Block(opening.seat, opening.model, opening.line, unescaped(words), tuple(before)))
            before, opening = after, following
        if before:
            made.append(_Block("", "", self.line, "", tuple(before)))
        return made

    def _skip_line(self) -> None:
        end = self.text.find("\n", self.at)
        self.at = len(self.text) if end < 0 else end + 1
        self.line += 1

    def _run(self) -> tuple[list[_Item], _Item | None]:
        """Take an unbroken run of notices and the heading behind it; what is no such run is left where it is."""
        start, line = self.at, self.line
        items: list[_Item] = []
        if start < self.speech_until:
            return [], None
        while (item := self._item()) is not None and item.shape != "heading":
            items.append(item)
        if item is not None and _belong(items, item.seat):
            return items, item
        at_end = item is None and self.at >= len(self.text)
        if items and at_end and all(each.shape == "created" for each in items):
            return items, None
        self.speech_until = self._refused(items, item)
        self.at, self.line = start, line
        return [], None

    def _refused(self, items: Sequence[_Item], heading: _Item | None) -> int:
        """Give up to where a run that was no run is speech, so that no line of it is looked at twice."""
        if heading is None:
            return items[-1].end if items else self.at
        return next((item.end for item in reversed(items) if not _belong([item], heading.seat)), self.at)

    def _item(self) -> _Item | None:
        """Take the line at hand when it is one of the form."""
        end = self.text.find("\n", self.at)
        end = len(self.text) if end < 0 else end
        found = shape_of(self.text[self.at : end])
        if found is None:
            return None
        shape, match = found
        if shape == "heading" and self.strict and match["text"] != " ":
            return None
        groups = match.groupdict()
        name = groups.get("name") or ""
        words: tuple[str, ...] = ()
        if shape == "command":
            words, end, _ = read_arguments(self.text, self.at + match.start("text"))
        elif shape == "created":
            words, end = self._description(match["seat"], end)
        item = _Item(shape, self.line, groups.get("seat") or "", groups.get("model") or "", name, words,
                     match["text"], min(end + 1, len(self.text)))  # fmt: skip
        self.line += self.text.count("\n", self.at, item.end)
        self.at = item.end
        return item

    def _description(self, seat: str, end: int) -> tuple[tuple[str, ...], int]:
        """Read the line below a finished picture: who asked for it, and in which words."""
        head = re.compile(rf"\[{seat}(?: \([^\n]{{1,200}}\))?\]: !image(?= )").match(self.text, end + 1)
        if head is None:
            return (), end
        words, behind, _ = read_arguments(self.text, head.end())
        return words, behind


def _belong(items: Sequence[_Item], seat: str) -> bool:
    """Tell whether notices can be those of this seat's turn."""
    return all(item.shape == "created" or item.seat in {"", seat} for item in items)


# ------------------------------------------------------------------------------- blocks to entries


class _Reading:
    """Collects entries, and which model sits where."""

    def __init__(self, known_as: str, lost: list[str]) -> None:
        self.known_as, self.lost = known_as, lost
        self.entries: list[Entry] = []
        self.models: dict[str, str] = {}

    def block(self, block: _Block) -> None:
        for item in block.before:
            if item.shape == "created":
                self._seat(item.seat, item.model, item.line)
                description = item.words[0] if item.words else ""
                self.entries.append(Painted(speaker=item.seat, description=description))
        if not block.seat:
            return
        if block.seat == PERSON:
            self.entries.append(Said(speaker=block.model, text=block.text, person=True))
            return
        self._seat(block.seat, block.model, block.line)
        self.entries.append(Said(speaker=block.seat, text=block.text))
        spoken = [found for found in commands_in(block.text) if found.error is None]
        for item in block.before:
            self._notice(item, block.seat, spoken)
        for found in spoken:
            line = block.line + 1 + line_of(block.text, found.start) - 1
            self.lost.append(f"{self.known_as}, line {line}: no notice tells what came of !{found.name}; not counted")

    def _seat(self, seat: str, model: str, line: int) -> None:
        known = self.models.get(seat)
        if known and model and known != model:
            self.lost.append(f"{self.known_as}, line {line}: {seat} bears another model's name than before")
        if not known:
            self.models[seat] = model

    def _notice(self, item: _Item, seat: str, spoken: list[Found]) -> None:
        match item.shape:
            case "painting":
                found = _spoken(spoken, "image", lambda words: shortened(_description(words)) == item.text)
                description = _description(found.words) if found else item.text
                self.entries.append(Commanded(speaker=seat, name="image", args=(description,)))
            case "command":
                if item.name == "add_ai":
                    _spoken(spoken, "add_ai", lambda words: words == item.words or words[1:] == item.words[1:] != ())
                self.entries.append(Commanded(speaker=seat, name=item.name, args=item.words))
            case "told":
                self.entries.append(Noticed(text=f"[{item.seat} {item.text}]"))
            case "full":
                found = _spoken(spoken, "add_ai", lambda _: True)
                words = found.words if found else ()
                self.entries.append(
                    Commanded(speaker=seat, name="add_ai", args=words, outcome="refused", reason=item.text)
                )
                self.entries.append(Noticed(text=item.text))
            case _:
                pass


def _spoken(spoken: list[Found], name: str, fits: Callable[[tuple[str, ...]], bool]) -> Found | None:
    """Take the first command of the text that a notice speaks of, so that it is counted once."""
    for place, found in enumerate(spoken):
        if found.name == name and found.words and fits(found.words):
            return spoken.pop(place)
    return None


def _description(words: tuple[str, ...]) -> str:
    """Give what a picture shall show; `again` before it asks for a variant."""
    again = len(words) > 1 and words[0].casefold() == "again"
    return " ".join(words[again:]).strip()


def _pictures(entries: list[Entry], known_as: str, lost: list[str]) -> list[Entry]:
    """Pair each finished picture with the earliest command of its speaker that asked for it."""
    made, count = list(entries), 0
    waiting: list[int] = []
    for place, entry in enumerate(entries):
        if isinstance(entry, Commanded) and entry.name == "image":
            waiting.append(place)
        elif isinstance(entry, Painted):
            asked = next((w for w in waiting if _asked_for(entries[w], entry)), None)
            if asked is None:
                lost.append(f"{known_as}: a picture of {entry.speaker} that no command of the file asked for")
                continue
            waiting.remove(asked)
            count += 1
            made[asked] = replace(entries[asked], picture=count)
            made[place] = replace(entry, picture=count)
    for place in waiting:
        made[place] = replace(entries[place], reason="the file shows no picture for it")
    return made


def _asked_for(command: Entry, picture: Painted) -> bool:
    if not isinstance(command, Commanded) or command.speaker != picture.speaker:
        return False
    asked = command.args[0] if command.args else ""
    return picture.description in {"", asked} or shortened(picture.description) == shortened(asked)


def _few(models: dict[str, str], known_as: str) -> None:
    """Refuse more seats than a room has before each of them costs time."""
    if len(models) > MOST_SEATS:
        raise TranscriptError(f"{known_as}: more than {MOST_SEATS} seats; a room seats at most {MOST_SEATS}")


def _guests(entries: list[Entry], models: dict[str, str], known_as: str, lost: list[str]) -> list[Entry]:
    """Find which seat each invitation brought: guests have the highest numbers, in the order of their invitations."""
    made = list(entries)
    first = {entry.speaker: place for place, entry in reversed(list(enumerate(entries))) if isinstance(entry, Said)}
    free = sorted(models, key=lambda seat: -int(seat[3:]))
    for place in range(len(made) - 1, -1, -1):
        entry = made[place]
        if not isinstance(entry, Commanded) or entry.name != "add_ai" or entry.outcome != "done":
            continue
        wanted = entry.args[0].casefold() if entry.args else ""
        fitting = [seat for seat in free if first.get(seat, len(made)) > place]
        guest = next((seat for seat in fitting if models[seat].casefold() == wanted), None)
        guest = guest or next((seat for seat in fitting if wanted and _alike(models[seat], wanted)), None)
        if guest is None:
            guest = f"AI-{max(int(seat[3:]) for seat in models) + 1}"
            models[guest] = entry.args[0] if entry.args else "unknown"
            _few(models, known_as)
            lost.append(f"{known_as}: the guest {guest} never speaks in the file; its number is ours")
        else:
            free.remove(guest)
        made[place] = replace(entry, guest=guest)
    return made


def _alike(model: str, wanted: str) -> bool:
    return wanted in model.casefold() or model.casefold() in wanted


PLUGIN = Classic()
