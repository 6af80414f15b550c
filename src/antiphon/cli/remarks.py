"""Words the notes that the engine and the rules leave in the journal. Pure; it knows no screen."""

from __future__ import annotations

from typing import Any

__all__ = ["ruled"]

_BY_RULE = {
    "speaks_for_other": "{seat} spoke for {from}; that part is kept, and heard by nobody",
    "what_counts": "{seat}: {reason} ({penalty})",
    "burned": "{seat} said again what is burned: {words} ({penalty})",
    "empty_reply": "{seat}: {reason} ({penalty})",
    "what_is_heard": "{seat} no longer hears what came before {unheard_before}",
    "overflow": "{seat}: the context is full, and the oldest part is no longer heard",
    "context_length": "{seat}: the model says that its context is full; shortened once",
    "provider.model_gone": "{seat}: the model is gone",
    "monitor.silent": "the monitor has fallen silent: {why}; the room goes on for {lease} messages",
    "monitor.judges": "the monitor judges again",
    "forked": "a fork that begins after {at} is kept, paused: {child}",
    "monitor.held": "the pause waits for what the change leads to ({instead_of})",
    "monitor.muted": "{seat} says the same again and again; it will be let speak after some rounds",
    "monitor.steer": "the monitor changes one thing: {kind}",
}
"""Rule -> what a person reads; names in braces come from the note's data."""


class _Data(dict[str, Any]):  # Any: plug-ins' own data
    def __missing__(self, key: str) -> str:
        return "?"


def ruled(rule: str, data: dict[str, Any]) -> str | None:  # Any: as above
    """Word a note, or None where it is bookkeeping."""
    if rule == "ceilings":
        parts = [f"{name} {value:g}" for name, value in data.items() if isinstance(value, int | float)]
        return f"ceilings: {', '.join(parts)}" if parts else None
    if rule == "monitor.steered":
        effect = "better" if data.get("helped") is True else "no better"
        return f"two rounds after that change ({data.get('kind')}): {effect}"
    words = _BY_RULE.get(rule)
    return words.format_map(_Data(data)) if words is not None else None
