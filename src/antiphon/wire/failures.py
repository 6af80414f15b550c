"""What an endpoint's refusal means: an HTTP status and a body become a `ProviderFailure` of one kind.

Endpoints word the same refusal in many ways, and their messages quote the prompt and sometimes the key. So their
words are only read here, never repeated: the failure holds our own sentence, the status, and codes that are single
words. It knows no network.
"""

from __future__ import annotations

import re

import msgspec

from antiphon.errors import ProviderFailure
from antiphon.wire.loosely import Json, decode
from antiphon.wire.scrub import Scrub

__all__ = ["SENTENCES", "refusal", "refusal_inside"]

SENTENCES = {
    "rate_limited": "the endpoint asks for fewer calls",
    "unavailable": "the endpoint is not able to answer now",
    "malformed": "the endpoint answered with something that is not an answer",
    "disconnected": "the connection broke",
    "timeout": "the endpoint took too long",
    "refused": "the endpoint refused the request; a parameter or the base_url may be wrong",
    "unauthorised": "the endpoint did not accept the key; check the environment variable the seat names",
    "model_gone": "the endpoint knows no such model (any more)",
    "context_length": "the conversation no longer fits the model's context",
    "blocked_address": "the address is not one this program may ask",
}
"""Kind -> our own words; an endpoint's own words never leave this file."""

_TOO_LONG = re.compile(
    r"context.?length|context.?window|context.?size|maximum context|context limit|exceeds? the (?:model's )?context"
    r"|prompt is too long|too many (?:input )?tokens|input (?:is )?too long|token count.{0,40}exceeds"
    r"|reduce the length of (?:the|your) (?:messages|prompt|input)|string_above_max_length|max_prompt_tokens"
    r"|inputs?.{0,20}tokens.{0,40}must be|exceeds? the (?:available|maximum).{0,30}(?:context|tokens)|context overflow",
    re.IGNORECASE,
)
"""Source: the refusals of OpenAI, OpenRouter, Anthropic, Gemini, Mistral, vLLM, llama.cpp, LM Studio, Ollama and
text-generation-inference, as they are quoted in those projects' own pages and issues."""

_GONE = re.compile(
    r"\bmodel\b.{0,120}(?:not found|not exist|decommissioned|no longer|not available)"
    r"|\bmodel\b.{0,120}been (?:removed|retired|deprecated)"
    r"|\b(?:unknown|no such|invalid|unsupported) model\b|not a valid model|no endpoints found|no allowed providers"
    r"|model_not_found|model_decommissioned",
    re.IGNORECASE,
)
_NO_MONEY = re.compile(
    r"insufficient.?(?:quota|credit|balance|funds)|billing|exceeded your current quota", re.IGNORECASE
)
_MODERATED = re.compile(r"moderat|flagged|content.?(?:policy|filter)|safety", re.IGNORECASE)

_WORD = re.compile(r"[A-Za-z][A-Za-z0-9_.-]{0,48}")
"""What may be repeated of an endpoint's own words: a code, a type or a parameter's name."""

_READ = 20_000
"""Characters of a refusal that are read: the wording stands at its beginning, and a body may be hostile."""

_KINDS = {
    401: "unauthorised",
    403: "unauthorised",
    402: "refused",
    407: "unauthorised",
    408: "timeout",
    409: "unavailable",
    410: "model_gone",
    413: "context_length",
    425: "unavailable",
    429: "rate_limited",
    501: "refused",
    505: "refused",
    529: "rate_limited",
}
"""Status -> kind, where the wording does not say better; 529 is how some endpoints say that they are overloaded."""


def refusal(status: int, body: bytes, scrub: Scrub, *, retry_after: float | None = None) -> ProviderFailure:
    """Make the failure that an answer with this status and body stands for.

    Args:
        status: the HTTP status, or the code inside a body that pretends to be a good answer.
        body: what came with it, in full or in part.
        scrub: takes keys out of the codes that are repeated.
        retry_after: seconds the endpoint asked for.
    """
    codes, text = _words(body)
    kind = _kind(status, text)
    said = scrub.errors_only(", ".join(dict.fromkeys(codes)))
    money = "; the account has no money left" if kind == "refused" and _NO_MONEY.search(text) else ""
    message = f"{SENTENCES[kind]}{money} (status {status}{', ' + said if said else ''})"
    return ProviderFailure(kind, message, status=status, retry_after=retry_after)


def refusal_inside(error: Json, scrub: Scrub) -> ProviderFailure:
    """Make the failure for an `error` that came inside an answer of status 200 or inside a stream."""
    code = error.get("code") if isinstance(error, dict) else None
    digits = isinstance(code, int) or (isinstance(code, str) and code.isascii() and code.isdigit() and len(code) == 3)  # noqa: PLR2004 - digits of an HTTP status
    status = int(code) if digits and code is not None else 0
    status = status if 400 <= status < 600 else 500  # noqa: PLR2004 - the statuses that are refusals
    return refusal(status, msgspec.json.encode({"error": error}), scrub)


def _kind(status: int, text: str) -> str:
    """Let the wording decide where it is clear, and the status where it is not."""
    if status in (402, 429) and _NO_MONEY.search(text):
        return "refused"
    if status == 403 and _MODERATED.search(text):  # noqa: PLR2004 - some endpoints refuse a prompt with "forbidden"
        return "refused"
    if status in (400, 404, 413, 422, 500) and _TOO_LONG.search(text):
        return "context_length"
    if status in (400, 404, 422) and _GONE.search(text):
        return "model_gone"
    if status in _KINDS:
        return _KINDS[status]
    return "unavailable" if status >= 500 else "refused"  # noqa: PLR2004 - a server's own failures


def _words(body: bytes) -> tuple[list[str], str]:
    """Give the codes that may be repeated, and everything that may be read."""
    raw = body[:_READ].decode("utf-8", "replace")
    try:
        answer = decode(body)
    except ValueError:
        return [], raw
    if isinstance(answer, list) and answer:
        answer = answer[0]
    error = answer.get("error", answer) if isinstance(answer, dict) else answer
    if not isinstance(error, dict):
        return [], raw
    codes = [error.get(name) for name in ("code", "type", "param", "status")]
    return [code for code in codes if isinstance(code, str) and _WORD.fullmatch(code)], raw
