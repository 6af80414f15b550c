# ruff: noqa: S101, D102, PLR2004 - tests: they assert, a test's name is its sentence, expected values are numbers
"""The part of every journal's contract that is about blobs, snapshots, notebooks and search."""

from __future__ import annotations

from antiphon.testing.writes import Opens, begin, say

__all__ = ["HOSTILE_QUERIES", "KeepingContract"]

HOSTILE_QUERIES = (
    "",
    " ",
    '"',
    '""',
    "*",
    "a*",
    "NEAR(",
    "NEAR(a b, 2)",
    "AND",
    "a AND",
    "NOT",
    "text:word",
    "-word",
    "^word",
    "(((",
    "a\0b",
    "\ud800",
    "'; DROP TABLE said; --",
    "{text}: x",
    "word " * 5000,
    "🜂",
)
"""Queries that FTS5 would read as its own language, or not at all."""


class KeepingContract:
    """What blobs, snapshots, notebooks and search promise."""

    async def test_a_blob_is_kept_once_under_its_name(self, opens: Opens) -> None:
        journal, other = opens(), opens()
        name = await journal.put_blob(b"\x89PNG\0picture", "image/png")
        assert name.startswith("sha256:")
        assert len(name) == 71
        assert await journal.put_blob(b"\x89PNG\0picture", "image/png") == name
        assert await other.get_blob(name) == (b"\x89PNG\0picture", "image/png")
        assert await other.get_blob("sha256:" + "0" * 64) is None

    async def test_the_newest_snapshot_of_an_engine_replaces_older_ones(self, opens: Opens) -> None:
        journal = opens()
        await begin(journal, "a", 3)
        assert await journal.get_snapshot("a", "one") is None
        await journal.put_snapshot("a", 2, b"h2", "one", b"second")
        await journal.put_snapshot("a", 3, b"h3", "one", b"third")
        await journal.put_snapshot("a", 1, b"h1", "one", b"first, late")
        await journal.put_snapshot("a", 1, b"h1", "two", b"another engine's")
        assert await opens().get_snapshot("a", "one") == (3, b"h3", b"third")
        assert await journal.get_snapshot("a", "two") == (1, b"h1", b"another engine's")

    async def test_a_snapshot_of_no_room_is_not_kept(self, opens: Opens) -> None:
        journal = opens()
        await journal.put_snapshot("gone", 1, b"h", "one", b"data")
        assert await journal.get_snapshot("gone", "one") is None

    async def test_a_notebook_holds_what_was_put_last(self, opens: Opens) -> None:
        journal = opens()
        assert await journal.get_notes("garden", "Nova") == []
        await journal.put_notes("garden", "Nova", ["one", "two"])
        await journal.put_notes("garden", "Nova", ["two", "three"], room="a")
        await journal.put_notes("garden", "Lux", ["mine"])
        assert await opens().get_notes("garden", "Nova") == ["two", "three"]
        assert await journal.get_notes("cellar", "Nova") == []

    async def test_messages_are_found_by_their_words(self, opens: Opens) -> None:
        journal = opens()
        lease = await begin(journal, "a", ["the Corridor hums", "a quiet kitchen"])
        await begin(journal, "b", ["another corridor, and it hums louder"])
        found = await journal.search("hums corridor")
        assert {(stream, seq) for stream, seq, _ in found} == {("a", 1), ("b", 1)}
        assert all("orridor" in excerpt for _, _, excerpt in found)
        assert len(await journal.search("corridor", limit=1)) == 1
        assert await journal.search("basement") == []
        await say(journal, lease, 3, "now a basement")
        assert [(stream, seq) for stream, seq, _ in await opens().search("basement")] == [("a", 3)]

    async def test_no_query_is_an_error(self, opens: Opens) -> None:
        journal = opens()
        await begin(journal, "a", ["a word near and not", "nothing"])
        for query in HOSTILE_QUERIES:
            assert isinstance(await journal.search(query), list)
