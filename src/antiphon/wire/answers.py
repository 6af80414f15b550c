"""How OpenAI-compatible endpoints answer: a whole answer, or chunks of one, gathered into an `Answer`.

Every field may be missing, null, or of a surprising type; a reply is never lost for that. Nothing is stripped from
what a model wrote. It knows neither seats nor views.

Source: the OpenAI API reference (chat and completions objects), and what OpenRouter, DeepSeek, Mistral, vLLM,
llama.cpp and Ollama add to it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import msgspec
from msgspec import Struct

from antiphon.errors import ProviderFailure
from antiphon.room.events import Usage
from antiphon.wire.failures import SENTENCES, refusal_inside
from antiphon.wire.loosely import Json, decode, mend
from antiphon.wire.scrub import Pieces, Scrub

__all__ = ["TEXT_CHARACTERS", "Answer", "Bounds", "read_usage"]

TEXT_CHARACTERS = 4 << 20
"""Characters of text and of reasoning taken at most, whatever was allowed."""

_PER_TOKEN = 16
"""Characters one token may stand for before an answer counts as endless; ASCII art comes near it, prose needs four."""

_SLACK = 2048
"""Characters added to that bound, so that a small allowance does not cut an honest last word."""

_MOST_TOKENS = 1_000_000_000
"""Tokens an endpoint may claim; what is beyond is no count."""


class _Delta(Struct, gc=False):
    """Is a message or a piece of one."""

    content: Json = None
    reasoning_content: Json = None
    reasoning: Json = None
    refusal: Json = None


class _Choice(Struct, gc=False):
    """Is one answer of several; only the first is asked for."""

    delta: _Delta | None = None
    message: _Delta | None = None
    text: Json = None
    finish_reason: Json = None


class _Chunk(Struct, gc=False):
    """Is a whole answer or one event of a stream."""

    choices: list[_Choice] | None = None
    id: Json = None
    model: Json = None
    usage: Json = None
    error: Json = None


_fast = msgspec.json.Decoder(_Chunk).decode


class Bounds(Struct, frozen=True, kw_only=True):
    """Bounds an answer.

    Attributes:
        tokens: what the seat was allowed; an answer far beyond it ends with finish "length".
        stops: strings at which the text ends, for endpoints that do not stop by themselves.
    """

    tokens: int | None = None
    stops: Sequence[str] = ()

    def characters(self) -> int:
        """Give the characters of text taken at most."""
        if self.tokens is None:
            return TEXT_CHARACTERS
        return min(TEXT_CHARACTERS, self.tokens * _PER_TOKEN + _SLACK)


class Answer:
    """Gathers one attempt's answer; a `Sink` of the wire.

    Attributes:
        finish: the endpoint's word, "cut" (the listener ended it), "length" (a bound did), or None.
        usage: as the endpoint counts; None when it does not say.
        first_at: milliseconds since 1970 of the first text; None while there is none.
        complete: whether the endpoint said that the answer ended.
    """

    def __init__(
        self,
        *,
        scrub: Scrub,
        now: Callable[[], int],
        bounds: Bounds,
        listen: Callable[[str], bool] | None = None,
    ) -> None:
        """Begin with nothing said."""
        self._scrub, self._now, self._listen, self._bounds = scrub, now, listen, bounds
        self._pieces = Pieces(scrub)
        self._most = bounds.characters()
        self._size = self._thought = 0
        self._text: list[str] = []
        self._reasoning: list[str] = []
        self._tail = ""
        self._tail_size = max(map(len, bounds.stops), default=0)
        self.finish: str | None = None
        self.response_id: str | None = None
        self.model: str | None = None
        self.usage: Usage | None = None
        self.first_at: int | None = None
        self.complete = False

    @property
    def partial(self) -> str:
        """Give the text so far, as `text` does."""
        return self.text

    @property
    def text(self) -> str:
        """Give the text so far, up to the first stop string."""
        text = self._scrub(mend("".join(self._text)))
        places = [at for stop in self._bounds.stops if (at := text.find(stop)) >= 0]
        return text[: min(places)] if places else text

    @property
    def reasoning(self) -> str | None:
        """Give the reasoning text so far; None when there is none."""
        return self._scrub(mend("".join(self._reasoning))) or None

    def take(self, data: bytes) -> bool:
        """Take one event of a stream; False when nothing more is wanted."""
        chunk = self._decode(data)
        self._facts(chunk)
        if not chunk.choices:
            return True
        choice = chunk.choices[0]
        if choice.finish_reason is not None:
            self._end(choice.finish_reason)
        piece = choice.delta or choice.message
        if piece is None:
            text = _words(choice.text)
        elif type(piece.content) is str and piece.reasoning_content is None and piece.reasoning is None:
            text = piece.content
        else:
            self._think(piece)
            text = _words(piece.content)
        wanted = self._say(text) if text else True
        return self._let_go() and wanted if self.complete else wanted

    def whole(self, data: bytes) -> None:
        """Take an answer that came in one piece."""
        chunk = self._decode(data)
        if not chunk.choices:
            raise ProviderFailure("malformed", f"{SENTENCES['malformed']}: it holds no choices")
        choice = chunk.choices[0]
        message = choice.message or choice.delta
        self._end(choice.finish_reason)
        self.complete = True
        self._facts(chunk)
        text = _words(choice.text)
        if message is not None:
            self._think(message)
            text = _words(message.content) or self._declined(message)
        if text:
            self._say(text)
            self._let_go()

    def _declined(self, message: _Delta) -> str:
        """Give the words of a refusal, which some endpoints keep apart from other words."""
        text = _words(message.refusal)
        if text:
            self.finish = "refusal"
        return text

    def _decode(self, data: bytes) -> _Chunk:
        try:
            chunk = _fast(data)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            chunk = self._patiently(data)
        if chunk.error:
            failure = refusal_inside(chunk.error, self._scrub)
            failure.partial = self.text
            raise failure
        return chunk

    def _patiently(self, data: bytes) -> _Chunk:
        try:
            return msgspec.convert(decode(data), _Chunk)
        except (ValueError, RecursionError):
            pass  # raised below, so that the failure does not drag along what was read
        raise ProviderFailure("malformed", f"{SENTENCES['malformed']}: no JSON of its kind", partial=self.text)

    def _facts(self, chunk: _Chunk) -> None:
        """Keep what a chunk says besides text."""
        if self.response_id is None and isinstance(chunk.id, str):
            self.response_id = self._scrub(mend(chunk.id[:200]))
        if self.model is None and isinstance(chunk.model, str):
            self.model = self._scrub(mend(chunk.model[:200]))
        if chunk.usage is not None and isinstance(chunk.usage, dict):
            self.usage = read_usage(chunk.usage) or self.usage

    def _end(self, finish: Json) -> None:
        self.complete = True
        if isinstance(finish, str) and finish:
            self.finish = self._scrub(mend(finish[:40]))

    def _think(self, piece: _Delta) -> None:
        """Keep reasoning text, wherever the endpoint puts it."""
        thought = _words(piece.reasoning_content) or _words(piece.reasoning) or _thoughts(piece.content)
        if thought and self._thought < TEXT_CHARACTERS:
            self._reasoning.append(thought)
            self._thought += len(thought)

    def _say(self, text: str) -> bool:
        """Keep text and pass it on; False when a bound, a stop string or the listener ends the answer."""
        if self.first_at is None:
            self.first_at = self._now()
        room = self._most - self._size
        over = len(text) > room
        if over:
            text, self.finish = text[:room], "length"
        self._text.append(text)
        self._size += len(text)
        cut = not self._pass_on(self._pieces.feed(text))
        return not (over or cut or (self._tail_size and self._stopped(text)))

    def _pass_on(self, text: str) -> bool:
        """Give the listener text that holds no key; False when it wants no more."""
        if self._listen is None or text == "" or self._listen(mend(text)):
            return True
        self.finish = "cut"
        return False

    def _let_go(self) -> bool:
        """Give the listener what was held back, since nothing follows that could make a key of it."""
        return self._pass_on(self._pieces.rest())

    def _stopped(self, text: str) -> bool:
        self._tail += text
        found = any(stop in self._tail for stop in self._bounds.stops)
        self._tail = self._tail[-self._tail_size :]
        if found:
            self.finish = "stop"
        return found


def _words(content: Json) -> str:
    """Give the text of a content: a string, a list of parts, or nothing."""
    if isinstance(content, str):
        return content
    if not isinstance(content, list):
        return ""
    texts = (part if isinstance(part, str) else part.get("text") for part in content if isinstance(part, str | dict))
    return "".join(text for text in texts if isinstance(text, str))


def _thoughts(content: Json) -> str:
    """Give the reasoning among parts, as `{"type": "thinking", "thinking": …}` holds it."""
    if not isinstance(content, list):
        return ""
    return "".join(_words(part.get("thinking")) for part in content if isinstance(part, dict))


def read_usage(usage: dict[str, Json]) -> Usage | None:
    """Read the tokens an endpoint counted; None when it names none that make sense.

    Args:
        usage: `prompt_tokens`, `completion_tokens` and their details, as OpenAI, OpenRouter and DeepSeek name them.
    """
    taken, given = _count(usage.get("prompt_tokens")), _count(usage.get("completion_tokens"))
    if not taken and not given:
        return None
    inside, outside = usage.get("prompt_tokens_details"), usage.get("completion_tokens_details")
    cached = inside.get("cached_tokens") if isinstance(inside, dict) else usage.get("prompt_cache_hit_tokens")
    thought = outside.get("reasoning_tokens") if isinstance(outside, dict) else 0
    return Usage(input=taken, output=given, cached=min(taken, _count(cached)), reasoning=_count(thought))


def _count(number: Json) -> int:
    if isinstance(number, bool) or not isinstance(number, int | float):
        return 0
    return int(number) if 0 <= number <= _MOST_TOKENS else 0
