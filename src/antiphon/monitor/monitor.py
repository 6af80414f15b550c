"""Watches any conversation from outside: show it each message, and it says whether to go on.

    m = Monitor("careful")
    verdict = m.see("A", "Shall we?")
    if verdict.stop: …

Pure: no journal, no network, no clock. It does not stop anything itself.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from antiphon.errors import UserError
from antiphon.monitor.policy import Policy, load
from antiphon.monitor.watch import Verdict, Watch
from antiphon.room.speech import asks_end as ends_with_marker

__all__ = ["Monitor"]


class Monitor:
    """Says after each message how a conversation stands, and when to stop it."""

    def __init__(self, policy: str | Policy = "careful", *, end_markers: str | Sequence[str] | None = None) -> None:
        """Begin with an empty conversation.

        Args:
            policy: "careful", "thrifty", "revive", "observe", or a policy read with `antiphon.monitor.policy.read`.
            end_markers: what asks to end as a message's last token, one or several; None = the policy's own.

        Raises:
            UnknownName: there is no policy of that name.
        """
        chosen = load(policy) if isinstance(policy, str) else policy
        if end_markers is not None:
            markers = (end_markers,) if isinstance(end_markers, str) else tuple(end_markers)
            chosen = msgspec.structs.replace(chosen, end_markers=markers)
        self.policy = chosen
        self.digest = chosen.digest()
        self._watch = Watch()

    def see(self, speaker: str, text: str, *, asks_end: bool | None = None) -> Verdict:
        """Take the next message in and say how the conversation stands.

        Args:
            speaker: who spoke; any name, the same for the same speaker.
            text: what was said; only messages, never notices or tool output.
            asks_end: whether the message asks to end; None = as the end markers say.
        """
        if asks_end is None:
            asks_end = ends_with_marker(text, self.policy.end_markers)
        return self._watch.see(self.policy, speaker, text, asks_end=asks_end, digest=self.digest)

    def snapshot(self) -> bytes:
        """Pack all that is remembered, to go on from later; at most some tens of kilobytes."""
        return msgspec.msgpack.encode((self.digest, self._watch))

    def restore(self, snapshot: bytes) -> None:
        """Go on from a snapshot.

        Raises:
            UserError: it is no snapshot, or was made under another policy.
        """
        try:
            digest, watch = msgspec.msgpack.decode(snapshot, type=tuple[str, Watch])
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            raise UserError(f"not a monitor's snapshot: {error}") from None
        if digest != self.digest:
            raise UserError(f"a snapshot made under policy {digest}; this monitor's is {self.digest}")
        self._watch = watch
