"""Answers about Antiphon from its own documentation, quoting the passage and naming the page.

The pages are those of `docs/`, which an installed package carries under `antiphon/pages`. They are cut into passages
and searched with SQLite's FTS5 in memory, once a process. It understands neither question nor answer: it finds words.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from functools import lru_cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

from msgspec import Struct

from antiphon.providers.voices.hearing import Chance, Hearing, asks_what_it_is

__all__ = ["ABOUT", "VOICE", "Passage", "cut", "found", "pages", "speak"]

ABOUT = "I am a small program with the pages of Antiphon's documentation before me. I find words; I understand none."

PAGES = ("index.md", "tutorial.md", "architecture.md", "endings.md", "glossary.md")
FOLDERS = ("guide", "how-to", "explanation")
"""What it reads below `docs`: these pages, and all in these folders; `pyproject.toml` names the same for the wheel."""

HEARD = 600
"""Characters of a question, its last ones, whose words are looked for."""

WORDS = 16
"""Words looked for at most: more dilute the rank."""

LONG = 420
"""Characters that are quoted; a passage is cut after the last sentence that fits."""

FEWEST = 40
"""Characters below which a paragraph says too little to be quoted by itself."""

CHOICES = 12
"""Passages that one search gives, best first; the first that was not quoted lately is taken."""

_SMALL = frozenset(
    re.findall(
        r"\w+",
        """
        about after again all also and any are because become becomes been but can could did does done each for
        from get give happen happens has have her here him his how into its just left like made make many may
        mean might more most much must not now off once one only other our out over own please question say says
        she should some such tell than that the their them then there these they thing this those through too
        very want was were what when where which who whom why will with would you your
        """,
    )
)
"""Words of which every page is full."""

_WORD = re.compile(r"[A-Za-z][A-Za-z_-]{2,30}")
_POINTS = re.compile(r"[*-] \[[^\]]*\]\(")
"""An item of a list of pages, which says where something stands and not what."""

_HELP = re.compile(r"^Usage: antiphon (\S+) .*\n\n((?:  .*\n|\n)+)", re.MULTILINE)
"""The help of one verb, as it stands on the page of the command line."""

_ASKED = re.compile(
    r"\b(?:what(?: is|'s| are| does) (?:an? |the )?(\w[\w -]{1,30}?)s?(?: mean| do)?|how (?:do|can) \w+ (\w+)\b.*)\W*$",
    re.IGNORECASE,
)
"""A question for the meaning of a word, or how a thing is done: what goes by that very name answers it first."""

_LINK = re.compile(r"\[([^\]]*)\]\([^)]*\)")
_NAMED = re.compile(r"^[*|\-\s]*(?:\*\*|`)+!?([^*`]{2,40})(?:\*\*|`)")
_SENTENCE = re.compile(r"(?<=[.!?:;])\s+")
_LEADS = ("It is written", "The page says", "I find this", "Here", "The documentation has it so")
_OTHERWISE = (
    "I find no page about that. Let me open one anywhere instead.",
    "None of my pages has those words; this one was lying open.",
    "Nothing under that heading. But did you know?",
)


class Passage(Struct, frozen=True):
    """Is one paragraph: the page it stands on (its path below `docs`), the heading above it, and its plain text."""

    page: str
    heading: str
    text: str


def speak(hearing: Hearing, chance: Chance) -> str:
    """Quote the passage that fits best what was asked, or one by lot where none does."""
    line = hearing.answered()
    if asks_what_it_is(line):
        return ABOUT
    worn = "\n".join(line.text for line in hearing.lines)  # another librarian may have quoted it
    fits = found(line.text) if line is not None and line.kind == "said" else []
    passage = next((one for one in fits if _quoted(one) not in worn), None)
    if passage is not None:
        lead = _LEADS[int(chance() * len(_LEADS))]
        return f"{lead}, under “{passage.heading}”: “{_quoted(passage)}” ({passage.page})"
    every = _index()[1]
    if not every:
        return "My shelves are empty: this copy of Antiphon came without its documentation."
    fresh = [one for one in every if _quoted(one) not in worn]
    passage = fresh[int(chance() * len(fresh))]
    lead = _OTHERWISE[int(chance() * len(_OTHERWISE))]
    return f"{lead} “{_quoted(passage)}” ({passage.page}, under “{passage.heading}”)"


VOICE = speak


def found(question: str, most: int = CHOICES) -> list[Passage]:
    """Find passages by the words of a question, best first; [] when no word is on any page."""
    said = [word.lower() for word in _WORD.findall(question[-HEARD:])]
    terms = list(dict.fromkeys(word for word in said if word not in _SMALL))[-WORDS:]
    if not terms:
        return []
    index, every = _index()
    wanted = " OR ".join(f'"{term}"' for term in terms)  # letters, "-" and "_" only: nothing that FTS5 would obey
    rows = index.execute(
        "SELECT rowid FROM passage WHERE passage MATCH ? ORDER BY bm25(passage, 4.0, 1.0), rowid LIMIT ?",
        (wanted, most),
    )
    named = _named(question[-HEARD:], every)
    return [*named, *(every[number - 1] for (number,) in rows if every[number - 1] not in named)][:most]


def _named(question: str, every: list[Passage]) -> list[Passage]:
    """Give the passage under the very name that a question asks for: what it means, or how it is done."""
    if (asked := _ASKED.search(question)) is None:
        return []
    name = (asked[1] or asked[2]).casefold()
    glossary = f"glossary: {name}"
    for heading in (glossary, name) if asked[1] else (name, glossary):
        for one in every:
            if one.heading.casefold() == heading:
                return [one]
    return []


@lru_cache(maxsize=1)  # the pages of a package never change: read and indexed once a process, on first use
def _index() -> tuple[sqlite3.Connection, list[Passage]]:
    """Give the index and the passages in the order of its row ids."""
    every = [passage for name, text in pages() for passage in cut(name, text)]
    index = sqlite3.connect(":memory:", check_same_thread=False)  # only read from here on, whichever thread asks
    index.execute("CREATE VIRTUAL TABLE passage USING fts5(heading, text, tokenize = 'porter unicode61')")
    index.executemany("INSERT INTO passage VALUES (?, ?)", [(one.heading, one.text) for one in every])
    return index, every


def pages() -> Iterator[tuple[str, str]]:
    """Give the pages there are: path below `docs`, and text."""
    shipped: Traversable = files("antiphon").joinpath("pages")
    # a checkout that is installed in place has no copy of its own: there the pages stand beside the source
    folder = shipped if shipped.is_dir() else Path(__file__).parents[4] / "docs"
    for name in PAGES:
        if (page := folder.joinpath(name)).is_file():
            yield name, page.read_text(encoding="utf-8")
    for name in FOLDERS:
        if (inner := folder.joinpath(name)).is_dir():
            for page in sorted(inner.iterdir(), key=lambda one: one.name):
                if page.name.endswith(".md"):
                    yield f"{name}/{page.name}", page.read_text(encoding="utf-8")


def cut(page: str, text: str) -> Iterator[Passage]:
    """Cut a page into its paragraphs and list items, as plain text; of what stands in a fence only a verb's help."""
    for verb, said in _HELP.findall(text):
        yield Passage(page, verb, f"antiphon {verb}: {_plain(said)}")
    heading, lines, fenced = page, [""], False
    for line in [*text.splitlines(), ""]:
        if line.startswith("```"):
            fenced = not fenced
        starts = line.startswith(("#", "* ", "- ", "|", "<", "```"))
        if (starts or not line.strip() or fenced) and len(said := _whole(_plain(" ".join(lines)))) >= FEWEST:
            named = _NAMED.match(lines[0])
            yield Passage(page, f"{heading}: {_plain(named[1])}" if named else heading, said)
        if line.startswith("#"):
            heading = _plain(line.lstrip("# "))
        if starts or not line.strip() or fenced:
            lines = []
        if not fenced and not line.startswith(("#", "```", "<", "    ")) and not _POINTS.match(line):
            lines.append(line)


def _plain(text: str) -> str:
    """Take the marks out of a paragraph: links keep their words, tables their cells."""
    text = (
        _LINK.sub(r"\1", text.removeprefix("* ").removeprefix("- "))
        .replace("**", "")
        .replace("`", "")
        .replace("“", "‘")
        .replace("”", "’")
    )
    cells = [cell.strip() for cell in text.split("|") if cell.strip(" -:")]
    return " ".join("; ".join(cells).split())


def _whole(text: str) -> str:
    """Leave out the sentence at the end that leads to an example, where the example does not follow."""
    return " ".join(_SENTENCE.split(text)[:-1]) if text.endswith(":") else text


def _quoted(passage: Passage) -> str:
    """Give a passage, or the sentences at its beginning that fit."""
    if len(passage.text) <= LONG:
        return passage.text
    kept = ""
    for sentence in _SENTENCE.split(passage.text):
        if len(kept) + len(sentence) >= LONG:
            break
        kept = f"{kept} {sentence}".strip()
    return kept or passage.text[:LONG].rsplit(" ", 1)[0] + " …"
