"""Text read in the wrong encoding is put right, exactly where it can be, and never where it was right."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from antiphon.transcripts.mojibake import repair

PROSE = "🎨 “walls” — it’s a café… 💭 “doors” 🌡️ ✨ and a picture\ufffc\n"
SIGNS = st.text(alphabet="abc \n—’“”éü🎨💭✨…", max_size=60)


@given(SIGNS)
def test_utf8_read_as_mac_roman_comes_back_exactly(text: str) -> None:
    text = f"—— {text} ’’"
    mended = repair(text.encode().decode("mac_roman"))
    assert mended.text == text
    assert mended.how == "mac_roman"
    assert mended.lost == ()


@given(
    st.lists(st.sampled_from(["it’s", "café", "“so”", "a", "— b", "🎨", "…", "\n", "ÃŸ"]), unique=True).map(" ".join)
)
def test_text_that_was_not_damaged_stays(text: str) -> None:
    assert repair(text).text == text
    assert repair(text).how == ""


@pytest.mark.parametrize("encoding", ["cp1254", "cp1252"])
@pytest.mark.parametrize("loss", ["ignore", "replace"])
def test_lost_bytes_are_restored_by_pattern(encoding: str, loss: str) -> None:
    mended = repair(PROSE.encode().decode(encoding, loss))
    assert mended.text == PROSE
    assert mended.how == encoding
    assert mended.guessed > 0


def test_what_stays_damaged_is_told_with_its_line() -> None:
    damaged = "fine\n" + "it’s — a 👁 “here”".encode().decode("cp1252", "ignore")
    mended = repair(damaged)
    assert "it’s — a " in mended.text
    assert any(place.startswith("line 2:") for place in mended.lost)


def test_replacement_signs_of_an_undamaged_text_are_told() -> None:
    assert repair("one\ntw\ufffd\n").lost == ("line 2: 1 damaged characters could not be restored",)


def test_a_megabyte_of_damage_takes_no_second_look_at_each_line() -> None:
    damaged = "â€™ â€™ â€™ \x81\x81\n" * 40_000
    assert repair(damaged).text.startswith("’")
