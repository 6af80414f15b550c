"""A process dies between claiming a room and its first event: what is left is no room, and says so."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from antiphon.errors import NotAllowed
from antiphon.library.care import verify_rooms
from antiphon.library.laboratory import Laboratory
from antiphon.testing.gaps import Trap, TrappedJournal

Start = Callable[..., Awaitable[Any]]  # Any: conftest's Command


class HaltError(Exception):
    """Stops a process where a drill would kill it."""


def halt() -> None:
    raise HaltError


@pytest.mark.parametrize("forked", [False, True])
async def test_a_room_that_was_never_opened_is_refused_and_can_be_deleted(
    forked: bool,  # noqa: FBT001 - a column of the table
    tmp_path: Path,
    antiphon: Start,
) -> None:
    path = tmp_path / "j.db"
    journal = TrappedJournal(path, Trap("before the opening", 1 + forked, halt))
    async with Laboratory(journal) as first:
        if forked:
            await (await first.begin("dyad", seed=1, name="parent")).run(turns=2)
        with pytest.raises(HaltError):
            await (first.fork("parent") if forked else first.begin("dyad", name="never"))
    await journal.close()
    async with Laboratory(str(path)) as second:
        [half] = [row for row in await second.journal.rooms() if row.stream != "parent"]
        assert [one.broken for one in await verify_rooms(second, views=True)] == [None] * (1 + forked)
        with pytest.raises(NotAllowed, match="was never opened"):
            await second.resume(half.stream)
        with pytest.raises(NotAllowed, match="was never opened"):
            await second.ask(half.stream, "say", text="Hello?")
    for words in (("resume", half.stream), ("say", half.stream, "Hello?")):
        code, said = await (await antiphon(*words, "--journal", path)).ended()
        assert (code, f"antiphon delete {half.stream}" in said) == (2, True)
    code, _ = await (await antiphon("delete", half.stream, "--yes", "--journal", path)).ended()
    assert code == 0
