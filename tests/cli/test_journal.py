"""`antiphon journal copy`, typed."""

from __future__ import annotations

from antiphon.testing.program import Type


def test_a_journal_is_copied_and_the_copy_verifies(antiphon: Type) -> None:
    antiphon("run", "dyad", "--rounds", "2", "--json")
    source = antiphon("rooms", "--json").json[0]
    ran = antiphon("journal", "copy", "rooms.db", "other.db")
    assert ran.code == 0, ran.err
    assert ran.out.startswith("1 room, ")
    assert antiphon("rooms", "--json", "--journal", "other.db").json == [source]
    assert antiphon("verify", "--replay", "--journal", "other.db").code == 0
    assert antiphon("journal", "copy", "rooms.db", "other.db").out == "1 room, 0 events copied and verified\n"


def test_a_journal_is_not_copied_into_itself(antiphon: Type) -> None:
    ran = antiphon("journal", "copy", "a.db", "a.db")
    assert ran.code == 2
    assert "named twice" in ran.err
