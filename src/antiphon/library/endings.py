"""Measures how well a policy finds endings, on conversations in which readers marked where they are over.

A label gives, for one file, the first and last message after which stopping is right, and the best one; all None where
the conversation is alive to the end. Index i means that message i is the last one kept.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import sqrt
from pathlib import Path
from typing import TypeAlias

import msgspec
from msgspec import Struct

from antiphon.errors import TranscriptError
from antiphon.library.monitoring import Heard, heard_in, judge
from antiphon.monitor.monitor import Monitor
from antiphon.monitor.policy import Policy
from antiphon.room.speech import asks_end
from antiphon.transcripts.opening import read_file

__all__ = ["BASELINES", "Label", "Labelled", "Score", "Stop", "load_labels", "score", "stop_of", "wilson"]

_Z = 1.96
"""Standard deviations of a 95 % interval."""

BOTH = 2
"""Different speakers that must ask to end for the baseline `first_mutual`."""


class Label(Struct, frozen=True):
    """Says where readers found that a conversation is over.

    Attributes:
        file: beside the file of labels.
        earliest: stopping before it loses substance.
        recommended: where they would stop.
        latest: by then any watcher must have stopped.
    """

    file: str
    earliest: int | None = None
    recommended: int | None = None
    latest: int | None = None


class Labelled(Struct, frozen=True):
    """Is a labelled conversation."""

    label: Label
    heard: tuple[Heard, ...]
    markers: tuple[str, ...]


class Score(Struct, frozen=True):
    """Counts how a way of stopping did.

    Attributes:
        rooms: how many conversations.
        in_range: those stopped where it is right, or left alone where they live.
        premature: those stopped too early, or stopped although they live.
        late: those stopped too late or never.
        saved: share of the waste saved: messages after `recommended` that were not said; nothing for premature stops.
    """

    rooms: int
    in_range: int
    premature: int
    late: int
    saved: float


Stop: TypeAlias = Callable[[Labelled], int | None]
"""Gives the last message kept, or None = never stops."""


def load_labels(path: Path) -> list[Labelled]:
    """Read labels (a JSON list) and the conversations beside them.

    Raises:
        TranscriptError: when the labels are not what they should be, or a conversation cannot be read.
    """
    try:
        labels = msgspec.json.decode(path.read_bytes(), type=list[Label])
    except OSError as error:
        raise TranscriptError(f"{path.name}: cannot be read: {error.strerror}") from None
    except msgspec.DecodeError as error:
        msg = f"{path.name}: not a list of {{file, earliest, recommended, latest}}: {error}"
        raise TranscriptError(msg) from None
    done = []
    for label in labels:
        transcript = read_file(path.parent / Path(label.file).name)[0]
        heard = tuple(heard_in(transcript))
        done.append(Labelled(label, heard, transcript.end_markers or ("[END]",)))
    return done


def stop_of(policy: Policy) -> Stop:
    """Give the way a policy stops; a pause is a stop."""
    return lambda room: judge(room.label.file, room.heard, Monitor(policy, end_markers=room.markers)).outcome.ended_at


def _first_marker(room: Labelled) -> int | None:
    return next((place for place, one in enumerate(room.heard) if asks_end(one.text, room.markers)), None)


def _first_mutual(room: Labelled) -> int | None:
    asked = set()
    for place, one in enumerate(room.heard):
        if asks_end(one.text, room.markers):
            asked.add(one.speaker)
            if len(asked) >= BOTH:
                return place
    return None


BASELINES: dict[str, Stop] = {
    "never": lambda _: None,
    "first_marker": _first_marker,
    "first_mutual": _first_mutual,
}
"""What a policy is held against."""


def score(pairs: Sequence[tuple[Labelled, int | None]]) -> Score:
    """Count how well conversations were stopped; each is given with the last message kept."""
    in_range = premature = late = waste = saved = 0
    for room, stop in pairs:
        label, last = room.label, len(room.heard) - 1
        if label.earliest is None or label.recommended is None or label.latest is None:
            in_range += stop is None
            premature += stop is not None
            continue
        early = stop is not None and stop < label.earliest
        right = stop is not None and label.earliest <= stop <= label.latest
        in_range += right
        premature += early
        late += not (early or right)
        waste += last - label.recommended
        if stop is not None and not early:
            saved += min(last - stop, last - label.recommended)
    return Score(len(pairs), in_range, premature, late, saved / waste if waste else 0.0)


def wilson(hits: int, of: int) -> tuple[float, float]:
    """Give the 95 % interval of a share, after Wilson; (0, 1) of nothing."""
    if not of:
        return 0.0, 1.0
    share, square = hits / of, _Z * _Z
    middle = share + square / (2 * of)
    wide = _Z * sqrt(share * (1 - share) / of + square / (4 * of * of))
    return max(0.0, (middle - wide) / (1 + square / of)), min(1.0, (middle + wide) / (1 + square / of))
