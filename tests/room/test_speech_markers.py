"""An end marker asks to end as the last token, and not when it is talked about."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from antiphon.room.quoting import quote
from antiphon.room.speech import asks_end

MARKERS = ["[END]", "^C^C"]


@pytest.mark.parametrize(
    "text",
    [
        "[END]",
        "Goodbye. [END]",
        "Goodbye.\n\n[END]  \n\n",
        "Goodbye.\n\n**[END]**",
        "### **[END]**",
        "__[END]__",
        "*Goodbye. [END]*",
        "“Goodbye.”\n[END]",
        "^C^C",
        "so be it ^C^C\n",
        "```\nart\n```\n[END]",
        "Goodbye.[END]",
        "[END]\u200b",
    ],
)
def test_a_marker_at_the_end_asks(text: str) -> None:
    assert asks_end(text, MARKERS)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[END] is a marker",
        "[END].",
        '"[END]"',
        "write “[END]”",
        'he wrote "[END]',
        "'[END]'",
        "`[END]`",
        "([END])",
        "([END]",
        "```\n[END]",
        "```\n[END]\n```",
        "~~~\n**[END]**",
        "> [END]",
        "> so **[END]**",
        "    [END]",
        "\t[END]",
        "[end]",
        "x[END]",
        "\\[END]",
        "~~[END]~~",
        "[END]\n\nor not",
        "^C",
    ],
)
def test_a_marker_that_is_quoted_or_talked_about_does_not(text: str) -> None:
    assert not asks_end(text, MARKERS)


@given(st.text(max_size=60), st.sampled_from(["mark", "fence", "indent"]), st.sampled_from(MARKERS))
def test_a_quoted_message_never_asks(text: str, how: str, marker: str) -> None:
    quoted = quote(f"{text}\n\n{marker}", how)  # type: ignore[arg-type]  # a sample of the three words
    assert not asks_end(quoted, MARKERS)


def test_no_marker_and_an_empty_marker_ask_nothing() -> None:
    assert not asks_end("[END]", [])
    assert not asks_end("x", [""])
