"""Predicts the next word from the words before it: an interpolated word n-gram.

A context that was followed by many different words trusts itself less, and asks the next shorter context in
proportion; the shortest asks the uniform distribution over the vocabulary and one unknown word. A model is
bounded: beyond `most` (context, word) pairs it counts what it knows and learns nothing new. It knows no room,
no seat and no file, and draws no chance of its own.

Source: I. H. Witten and T. C. Bell, "The zero-frequency problem" (1991), in its interpolated form.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Collection, Mapping, Sequence
from itertools import accumulate
from math import log2
from types import MappingProxyType

from antiphon.measures.words import words

__all__ = ["Ngram", "Prequential", "words"]

MOST = 250_000
"""Pairs a model may hold: some 65,000 words of text at order 4, about 40 MB."""

WALK = 12
"""Followers up to which walking along them is quicker than keeping their running sums."""

SUMS = 4_096
"""Running sums kept before they are all forgotten; a temperature nobody uses any more shall not stay."""


SPELLED = 5.0
"""Bits a letter of a word that was never said: one of 32. Without it a room's first words would be free."""


class Ngram:
    """Learns which word follows which, scores a word in its context, and draws the next one.

    Args:
        order: words in an n-gram, the predicted one included; at least 1.
        most: (context, word) pairs it may hold.
    """

    def __init__(self, order: int = 4, most: int = MOST) -> None:
        """Start knowing nothing."""
        if order < 1:
            msg = f"an n-gram has at least 1 word, not {order}"
            raise ValueError(msg)
        self.order, self.most, self.pairs = order, most, 0
        self._counts: dict[tuple[str, ...], dict[str, int]] = {(): {}}
        self._totals: dict[tuple[str, ...], int] = {(): 0}
        self._sums: dict[tuple[tuple[str, ...], float], tuple[list[str], list[float]]] = {}

    def learn(self, text: Sequence[str]) -> None:
        """Learn from consecutive words; nothing before the first of them is assumed."""
        self._sums.clear()
        for here, word in enumerate(text):
            tail = tuple(text[max(0, here - self.order + 1) : here])
            for start in range(len(tail), -1, -1):
                if not self._count(tail[start:], word):
                    break

    def _count(self, context: tuple[str, ...], word: str) -> bool:
        """Count a pair, shorter contexts first; False when there is no room for it, so none for longer contexts."""
        counts = self._counts.get(context)
        if counts is None or word not in counts:
            if self.pairs >= self.most:
                return False
            self.pairs += 1
            if counts is None:
                counts = self._counts[context] = {}
                self._totals[context] = 0
        counts[word] = counts.get(word, 0) + 1
        self._totals[context] += 1
        return True

    def follows(self, context: Sequence[str]) -> Mapping[str, int]:
        """Give the words seen after exactly this context, with how often; read only."""
        return MappingProxyType(self._counts.get(tuple(context), {}))

    def probability(self, word: str, context: Sequence[str]) -> float:
        """Give the probability in (0, 1) of a word; all unknown words share what one word would have had."""
        chance = 1 / (len(self._counts[()]) + 1)
        tail = self._tail(context)
        for start in range(len(tail), -1, -1):
            counts = self._counts.get(tail[start:])
            if counts:
                kinds = len(counts)
                chance = (counts.get(word, 0) + kinds * chance) / (self._totals[tail[start:]] + kinds)
        return chance

    def score(self, word: str, context: Sequence[str]) -> float:
        """Give the surprise of a word after its context, in bits."""
        return -log2(self.probability(word, context))

    def sample(
        self,
        context: Sequence[str],
        u: Callable[[], float],
        *,
        temperature: float = 1.0,
        doubt: float = 1.0,
        least: int = 0,
    ) -> str:
        """Draw the next word; "" when nothing was learned.

        Args:
            context: the words before, oldest first; only the last `order` - 1 count.
            u: gives numbers in [0, 1); one for every context asked and one for the draw.
            temperature: above 1 flattens both the draw and the trust in long contexts, 0 takes the likeliest word.
            doubt: how readily a shorter context is asked; 1 as `probability` does, less keeps to longer ones.
            least: words of context below which it does not go, as long as that context is known.
        """
        tail = self._tail(context)
        for start in range(len(tail) + 1):
            key = tail[start:]
            counts = self._counts.get(key)
            if not counts:
                continue
            total = self._totals[key]
            if len(key) <= least or u() * (total + len(counts) * temperature * doubt) < total:
                return self._draw(key, u(), temperature)
        counts = self._counts[()]
        return self._draw((), u(), temperature) if counts else ""

    def _tail(self, context: Sequence[str]) -> tuple[str, ...]:
        return tuple(context[-(self.order - 1) :]) if self.order > 1 else ()

    def _draw(self, key: tuple[str, ...], point: float, temperature: float) -> str:
        """Take the follower on which `point` (in [0, 1)) falls."""
        counts = self._counts[key]
        if len(counts) == 1:
            return next(iter(counts))
        if temperature <= 0:
            return max(counts, key=counts.__getitem__)
        if len(counts) > WALK:
            known, sums = self._summed(key, temperature)
            return known[min(bisect_right(sums, point * sums[-1]), len(known) - 1)]
        weights = _flattened(counts, temperature)
        rest = point * sum(weights)
        for word, weight in zip(counts, weights, strict=True):
            rest -= weight
            if rest < 0:
                return word
        return next(reversed(counts))

    def _summed(self, key: tuple[str, ...], temperature: float) -> tuple[list[str], list[float]]:
        kept = self._sums.get((key, temperature))
        if kept is None:
            if len(self._sums) >= SUMS:
                self._sums.clear()
            counts = self._counts[key]
            weights = _flattened(counts, temperature)
            kept = self._sums[key, temperature] = (list(counts), list(accumulate(weights)))
        return kept


class Prequential:
    """Scores each message by a model that has read only the messages before it, then lets the model read it.

    Args:
        order: words in an n-gram, the predicted one included.
        most: (context, word) pairs the model may hold; with 20,000 about 4 MB.

    Source: A. P. Dawid, "Statistical theory: the prequential approach" (1984).
    """

    def __init__(self, order: int = 4, most: int = 20_000) -> None:
        """Start with a model that knows nothing."""
        self.model = Ngram(order, most)
        self._known = self.model.follows(())

    def see(self, text: str) -> float | None:
        """Give the bits a character of a text cost, above 0, and learn the text; None for a text without words.

        Near 0 for what was said before, 1 to 3 for prose in a room that has talked for a while, at most about 10.
        Words are predicted, folded and without punctuation; the characters are those of the words.
        """
        said = words(text)
        return sum(self.costs(said)) / sum(map(len, said)) if said else None

    def costs(self, said: Sequence[str]) -> list[float]:
        """Give the bits each word of one message cost, above 0, in order, and learn the message."""
        before = self.model.order - 1
        bits = [self._cost(word, said[max(0, at - before) : at]) for at, word in enumerate(said)]
        self.model.learn(said)
        return bits

    def _cost(self, word: str, context: Sequence[str]) -> float:
        spelled = 0.0 if word in self._known else SPELLED * len(word)
        return self.model.score(word, context) + spelled


def _flattened(counts: Mapping[str, int], temperature: float) -> Collection[float]:
    """Give count ** (1 / temperature), scaled so that the largest is 1 and nothing overflows."""
    if temperature == 1:
        return counts.values()
    largest = max(counts.values())
    return [(count / largest) ** (1 / temperature) for count in counts.values()]
