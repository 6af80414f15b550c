"""Nothing a model writes leaves through a terminal, a page or a file name as more than text."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from antiphon.errors import UserError
from antiphon.transcripts.safe import for_html, for_terminal, inside, printable, slug, write_new

ESCAPES = [
    "\x1b[31mred\x1b[0m",
    "\x1b]52;c;Y2FuYXJ5\x07",
    "\x1b]8;;http://evil.example\x1b\\click\x1b]8;;\x1b\\",
    "\x1b]0;title that never ends",
    "\x9b31m",
    "\x9d52;c;x\x9c",
    "\x1bPq#0\x1b\\",
    "\x1b_apc\x1b\\",
    "\x1bc",
    "line\rover",
    "bell\x07",
    "back\x08\x08",
    "\u202eevil\u202c",
    "\u2066x\u2069",
    "\x7f",
]


@pytest.mark.parametrize("text", ESCAPES)
def test_an_escape_sequence_is_shown_and_not_sent(text: str) -> None:
    shown = for_terminal(text)
    assert shown.replace("\n", "").replace("\t", "").isprintable()
    assert len(shown) >= len(text)


@given(st.text())
def test_a_terminal_gets_only_printable_text_newlines_and_tabs(text: str) -> None:
    shown = for_terminal(text)
    assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]", shown)
    shown.encode()


@given(st.text(alphabet=st.characters(min_codepoint=0x20, max_codepoint=0x7E)))
def test_plain_text_stays_as_it_is(text: str) -> None:
    assert for_terminal(text) == text


def test_newlines_and_tabs_stay() -> None:
    assert for_terminal("a\n\tb ✨ ü") == "a\n\tb ✨ ü"


@given(st.text())
def test_escaped_html_is_one_text_again(text: str) -> None:
    class Reader(HTMLParser):
        def __init__(self) -> None:
            super().__init__(convert_charrefs=True)
            self.data: list[str] = []

        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            raise AssertionError(tag, attrs)

        def handle_data(self, data: str) -> None:
            self.data.append(data)

    reader = Reader()
    reader.feed(for_html(text))
    reader.close()
    assert len("".join(reader.data)) == len(printable(text))


NAMES = [
    "../../etc/passwd",
    "/abs",
    "a\\..\\b",
    "con",
    "CON.txt",
    "nul",
    "LPT1",
    "",
    "...",
    ".",
    "a" * 500,
    "é/ü",
    "\0x",
]


@pytest.mark.parametrize("name", NAMES)
def test_a_hostile_name_becomes_a_plain_one(name: str, tmp_path: Path) -> None:
    plain = slug(name)
    assert re.fullmatch(r"[a-z0-9][a-z0-9._-]{0,80}", plain)
    assert plain.split(".")[0] not in {"con", "nul", "lpt1"}
    assert inside(tmp_path, plain).parent == tmp_path


@given(st.text())
def test_every_slug_is_a_name_inside_its_folder(name: str) -> None:
    assert inside(Path("/nowhere"), slug(name)) == Path("/nowhere") / slug(name)
    assert slug(slug(name)) == slug(name)


@pytest.mark.parametrize("name", ["../x", "/etc/passwd", "a/../../x", "a\\..\\b", "con", "C:x", "a//b", "", ".", "x\0"])
def test_a_name_that_leads_elsewhere_is_refused(name: str, tmp_path: Path) -> None:
    with pytest.raises(UserError):
        inside(tmp_path, name)


def test_a_link_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "out").symlink_to(tmp_path.parent)
    with pytest.raises(UserError, match="link"):
        inside(tmp_path, "out/x")


def test_a_file_is_written_once_and_for_its_owner_alone(tmp_path: Path) -> None:
    path = tmp_path / "room.md"
    write_new(path, b"first")
    with pytest.raises(UserError, match="exists already"):
        write_new(path, b"second")
    assert path.read_bytes() == b"first"
    assert path.stat().st_mode & 0o077 == 0
