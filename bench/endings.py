"""Tunes and cross-validates the monitor's policy on labelled rooms: `python bench/endings.py LABELS.json DEED`.

    validate   leave one model out: per model and pooled, Wilson intervals, thresholds chosen inside the fold
    curve      premature stops against waste saved, as the threshold moves
    fit        the weights for `policies/careful.toml`, from all rooms
    streams    living streams, traps and loops under the shipped policies; needs no labels

For each model, weights and thresholds are learned from rooms it does not sit in, and tried on those it sits in. Besides
the rooms as they are, training sees them with every marker removed, with one speaker signing every turn, spliced
(silence or strange goodbyes in mid-life), and made streams. Pure Python: about two minutes.
"""

from __future__ import annotations

import argparse
import math
import re
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from random import Random
from typing import TypeAlias

from msgspec import structs

from antiphon.library.endings import BASELINES, Label, Labelled, Score, load_labels, score, stop_of, wilson
from antiphon.library.monitoring import Heard
from antiphon.measures.shape import without_marker
from antiphon.monitor.gauge import READINGS, Gauge
from antiphon.monitor.monitor import Monitor
from antiphon.monitor.policy import Policy, load
from antiphon.room.speech import asks_end
from antiphon.testing.loops import LOOPS, TRAPS, loop
from antiphon.testing.streams import LIVING, living

Rows: TypeAlias = list[tuple[list[float], float, float]]
"""Are (readings, label, weight) of messages."""

Pairs: TypeAlias = list[tuple[Labelled, int | None]]
"""Are conversations, each with the last message kept."""

MARKERS = ("[END]",)
_MARKER = re.compile(r"(\[END\])|[^\[]+|\[")
_OTHER = str.maketrans("abcdefghijklmnopqrstuvwxyz", "nopqrstuvwxyzabcdefghijklm") | str.maketrans(
    "ABCDEFGHIJKLMNOPQRSTUVWXYZ", "NOPQRSTUVWXYZABCDEFGHIJKLM"
)
SCALES = (0.9, 1.0, 1.1, 1.25, 1.4)
"""Factors of the shipped thresholds that are tried inside a fold; less would not outlast five silent turns."""
UNTAUGHT = frozenset({"one_copies_the_other"})
"""Traps that training does not see: an echo of life is weighed as what it echoes, whatever its own readings are."""
RIDGE = 2.0
ROUNDS = 8
SIGN = {"asks": -1.0}
"""Which way a reading may count; all others only for an end."""


def rows_of(heard: Iterable[Heard]) -> list[list[float]]:
    """Measure every message of a conversation."""
    gauge = Gauge()
    return [
        list(structs.astuple(gauge.read(one.speaker, one.text, asks_end=asks_end(one.text, MARKERS), markers=MARKERS)))
        for one in heard
    ]


# ------------------------------------------------------------------------------------ what is learned from


def labelled_rows(room: Labelled, heard: Sequence[Heard], weight: float) -> Rows:
    """Label messages: 0 up to `earliest`, rising over the range, 1 from `latest`; long tails count less."""
    label, rows = room.label, []
    for place, readings in enumerate(rows_of(heard)):
        truth, counts = 0.0, weight
        if label.earliest is not None and label.latest is not None:
            if place > label.earliest:
                truth = min(1.0, 0.5 + 0.5 * (place - label.earliest) / (label.latest - label.earliest))
            if place > label.latest + 10:
                counts *= 0.15
        rows.append((readings, truth, counts))
    return rows


def unmarked(room: Labelled) -> list[Heard]:
    """Take every marker away."""
    return [
        Heard(one.speaker, without_marker(one.text, MARKERS)) if asks_end(one.text, MARKERS) else one
        for one in room.heard
    ]


def signed(room: Labelled) -> list[Heard]:
    """Let the second speaker sign every turn."""
    who = room.heard[1].speaker
    return [
        Heard(who, f"{one.text}\n\n[END]") if one.speaker == who and not asks_end(one.text, MARKERS) else one
        for one in room.heard
    ]


def unlisted(room: Labelled) -> list[Heard]:
    """Replace every letter by another one, as in a language without a lexicon; the marker stays."""
    return [
        Heard(one.speaker, _MARKER.sub(lambda part: part[1] or part[0].translate(_OTHER), one.text))
        for one in room.heard
    ]


def spliced(rooms: Sequence[Labelled]) -> list[list[Heard]]:
    """Make living rooms with a trap: silence, strange goodbyes, or a mutual goodbye in mid-life."""
    made = []
    for number, room in enumerate(rooms):
        other = rooms[(number + 7) % len(rooms)]
        life, more = living_part(room), living_part(other)[1:]
        if len(life) < 8 or len(more) < 8 or other.label.recommended is None:
            continue
        names = [one.speaker for one in life[:2]]
        more = [Heard(names[place % 2], one.text) for place, one in enumerate(more)]
        silence = [Heard(names[place % 2], text) for place, text in enumerate((".", "", "…", "."))]
        parting = other.heard[other.label.recommended :][:4]
        strange = [Heard(names[place % 2], one.text) for place, one in enumerate(parting)]
        made += [life + silence + more, life + strange + more]
        made.append(life + [Heard(name, "Goodbye, and thank you.\n\n[END]") for name in names] + more)
    return made


def living_part(room: Labelled) -> list[Heard]:
    """Give a room up to where it may first be stopped."""
    return list(room.heard[: room.label.earliest])


def made_rows() -> Rows:
    """Give made living streams and traps (nothing is over) and made loops."""
    rows: Rows = []
    alive = [living(kind, seed) for kind in LIVING for seed in range(3)]
    alive += [
        make(Random(f"{kind} {seed}")) for kind, make in TRAPS.items() if kind not in UNTAUGHT for seed in range(3)
    ]
    for said in alive:
        rows += [(readings, 0.0, 0.3) for readings in rows_of(Heard(*one) for one in said)]
    for kind in LOOPS:
        if kind == "nonce":
            continue
        for seed in range(2):
            one = loop(kind, seed)
            for place, readings in enumerate(rows_of(Heard(*pair) for pair in one.said)):
                rows.append((readings, float(place > one.over), 0.1))
    return rows


# ------------------------------------------------------------------------------------------ the regression


def solve(matrix: list[list[float]], right: list[float]) -> list[float]:
    """Solve linear equations by elimination with pivots."""
    size = len(right)
    rows = [[*row, value] for row, value in zip(matrix, right, strict=True)]
    for step in range(size):
        pivot = max(range(step, size), key=lambda row: abs(rows[row][step]))
        rows[step], rows[pivot] = rows[pivot], rows[step]
        for row in rows[step + 1 :]:
            factor = row[step] / rows[step][step]
            for column in range(step, size + 1):
                row[column] -= factor * rows[step][column]
    found = [0.0] * size
    for step in reversed(range(size)):
        known = sum(rows[step][column] * found[column] for column in range(step + 1, size))
        found[step] = (rows[step][size] - known) / rows[step][step]
    return found


def newton(data: Rows, used: Sequence[int]) -> list[float]:
    """Fit a logistic regression with a ridge on some readings; the bias comes first."""
    size = len(used) + 1
    beta = [0.0] * size
    packed = [([(0, 1.0)] + [(k, row[r]) for k, r in enumerate(used, 1) if row[r]], y, w) for row, y, w in data]
    for _ in range(ROUNDS):
        hessian = [[0.0] * size for _ in range(size)]
        gradient = [0.0] * size
        for row, truth, weight in packed:
            log_odds = sum(beta[place] * value for place, value in row)
            chance = 1.0 / (1.0 + math.exp(-max(-30.0, min(30.0, log_odds))))
            error, bend = weight * (truth - chance), weight * max(chance * (1.0 - chance), 1e-4)
            for here, (place, value) in enumerate(row):
                gradient[place] += error * value
                line, part = hessian[place], bend * value
                for other, value_too in row[here:]:
                    line[other] += part * value_too
        for place in range(size):
            for other in range(place):
                hessian[place][other] = hessian[other][place]
            hessian[place][place] += RIDGE if place else 1e-6
            gradient[place] -= RIDGE * beta[place] if place else 0.0
        step = solve(hessian, gradient)
        beta = [now + max(-4.0, min(4.0, change)) for now, change in zip(beta, step, strict=True)]
        if max(map(abs, step)) < 1e-3:
            break
    return beta


def fit(data: Rows, like: Policy) -> Policy:
    """Learn weights of the right sign: a reading that would count the wrong way is left out."""
    used = list(range(len(READINGS)))
    while True:
        bias, *weights = newton(data, used)
        wrong = [r for r, weight in zip(used, weights, strict=True) if weight * SIGN.get(READINGS[r], 1.0) <= 0]
        if not wrong:
            break
        used = [r for r in used if r not in wrong]
    named = {READINGS[r]: round(weight, 1) for r, weight in zip(used, weights, strict=True)}
    return structs.replace(like, bias=round(bias, 1), weights={name: value for name, value in named.items() if value})


def scaled(policy: Policy, scale: float) -> Policy:
    """Give a policy with all thresholds multiplied."""
    votes = tuple(structs.replace(vote, threshold=vote.threshold * scale) for vote in policy.votes)
    return structs.replace(policy, votes=votes)


# ------------------------------------------------------------------------------------------ validation


def models_of(room: Labelled) -> set[str]:
    """Name who sits in a room."""
    return {one.speaker for one in room.heard}


class Bench:
    """Holds labelled rooms, and fits each set of them once."""

    def __init__(self, rooms: Sequence[Labelled], like: Policy) -> None:
        """Measure every room in every form once."""
        self.rooms, self.like = list(rooms), like
        self.models = sorted(set().union(*(models_of(room) for room in rooms)))
        self.made = made_rows()
        forms: list[Callable[[Labelled], Sequence[Heard]]] = [lambda room: room.heard, unmarked, signed]
        self.rows = {
            room.label.file: [row for form in forms for row in labelled_rows(room, form(room), 1.0)] for room in rooms
        }
        self.fitted: dict[tuple[str, ...], Policy] = {}

    def without(self, *models: str) -> Policy:
        """Fit a policy on the rooms in which none of these models sits."""
        key = tuple(sorted(models))
        if key not in self.fitted:
            kept = [room for room in self.rooms if not models_of(room) & set(models)]
            data = list(self.made)
            for room in kept:
                data += self.rows[room.label.file]
            for heard in spliced(kept):
                data += [(readings, 0.0, 0.5) for readings in rows_of(heard)]
            self.fitted[key] = fit(data, self.like)
        return self.fitted[key]

    def scale_for(self, model: str) -> float:
        """Choose the thresholds' scale without a model: each other one is left out in turn."""
        best, chosen = -math.inf, 1.0
        for scale in SCALES:
            pairs = []
            for other in self.models:
                if other == model:
                    continue
                stop = stop_of(scaled(self.without(model, other), scale))
                rooms = [room for room in self.rooms if other in models_of(room) and model not in models_of(room)]
                pairs += [(room, stop(room)) for room in rooms]
            found = score(pairs)
            worth = (found.in_range - 3.0 * found.premature) / found.rooms + found.saved
            if worth > best:
                best, chosen = worth, scale
        return chosen


def tell(name: str, found: Score) -> None:
    """Print one line of the table."""
    spans = [
        f"{n / found.rooms:.2f} ({lo:.2f}-{hi:.2f})"
        for n in (found.in_range, found.premature)
        for lo, hi in [wilson(n, found.rooms)]
    ]
    told = f"in range {spans[0]}  premature {spans[1]}  late {found.late:>2}  saved {found.saved:.2f}"
    print(f"{name:<24} {found.rooms:>4}  {told}")


def validate(bench: Bench) -> None:
    """Leave one model out, and pool."""
    for name, way in BASELINES.items():
        tell(name, score([(room, way(room)) for room in bench.rooms]))
    pooled: Pairs = []
    stripped: Pairs = []
    habitual: Pairs = []
    wordless: Pairs = []
    traps = trapped = 0
    for model in bench.models:
        scale = bench.scale_for(model)
        policy = scaled(bench.without(model), scale)
        stop = stop_of(policy)
        rooms = [room for room in bench.rooms if model in models_of(room)]
        pairs = [(room, stop(room)) for room in rooms]
        tell(f"{model} (x{scale})", score(pairs))
        pooled += pairs
        for form, into in ((unmarked, stripped), (signed, habitual), (unlisted, wordless)):
            into += [(room, stop(structs.replace(room, heard=tuple(form(room))))) for room in rooms]
        for heard in spliced(rooms):
            traps += 1
            trapped += stop(Labelled(Label(""), tuple(heard), MARKERS)) is not None
        for room, at in pairs:
            label = room.label
            right = (
                at is None if label.earliest is None else at is not None and label.earliest <= at <= (label.latest or 0)
            )
            if not right:
                print(f"      {label.file}: stopped at {at}, right is {label.earliest} to {label.latest}")
    tell("pooled", score(pooled))
    tell("  markers removed", score(stripped))
    tell("  one signs every turn", score(habitual))
    tell("  no word in any list", score(wordless))
    print(f"  spliced living rooms stopped: {trapped} of {traps}")


def curve(bench: Bench) -> None:
    """Move the threshold, weights left as each fold learned them."""
    for scale in (0.4, 0.6, 0.8, *SCALES, 1.7, 2.0, 2.5):
        pairs = []
        for model in bench.models:
            stop = stop_of(scaled(bench.without(model), scale))
            pairs += [(room, stop(room)) for room in bench.rooms if model in models_of(room)]
        tell(f"x{scale}", score(pairs))


def streams(seeds: int) -> None:
    """Try the shipped policies on made streams."""
    for name in ("careful", "thrifty"):
        ended: dict[str, int] = {}
        for kind in LIVING:
            ended[kind] = sum(stopped(name, living(kind, seed)) is not None for seed in range(seeds))
        for kind, make in TRAPS.items():
            ended[kind] = sum(stopped(name, make(Random(f"{kind} {seed}"))) is not None for seed in range(seeds))
        print(
            f"{name}: living streams and traps ended, {seeds} of each kind:",
            {k: n for k, n in ended.items() if n} or "none",
        )
        for kind in LOOPS:
            made = [loop(kind, seed) for seed in range(5)]
            delays = [None if (at := stopped(name, one.said)) is None else at - one.over for one in made]
            print(f"  {kind:<20} delay", *("never" if delay is None else delay for delay in delays))


def stopped(policy: str, said: Iterable[tuple[str, str]]) -> int | None:
    """Give the last message kept of a stream."""
    monitor = Monitor(policy)
    return next((v.index for who, text in said if (v := monitor.see(who, text)).stop), None)


def main() -> None:
    """Do one deed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("labels", type=Path, nargs="?")
    parser.add_argument("deed", choices=("validate", "curve", "fit", "streams"))
    parser.add_argument("--seeds", type=int, default=20)
    options = parser.parse_args()
    if options.deed == "streams":
        streams(options.seeds)
        return
    bench = Bench(load_labels(options.labels), load("careful"))
    if options.deed == "fit":
        policy = bench.without()
        print(f"bias = {policy.bias}\n\n[weights]", *(f"{k} = {v}" for k, v in policy.weights.items()), sep="\n")
    else:
        {"validate": validate, "curve": curve}[options.deed](bench)


if __name__ == "__main__":
    main()
