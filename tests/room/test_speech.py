"""Commands, markers, prefixes and other mouths in a message: found where they stand, and nowhere else."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from antiphon.room.quoting import quote
from antiphon.room.speech import (
    MOST_COMMANDS,
    Found,
    asks_end,
    commands_in,
    cut_other_mouths,
    normalise,
    strip_own_prefix,
    strip_spans,
)

HOSTILE = st.text(
    alphabet="!`~>[]()\"'“”‘’\\ \t\n\r*_#-=aeimg_ndAI1:。！\u200b\u2028\x0b\x0c\x85", max_size=120
) | st.lists(
    st.sampled_from(
        [
            '!image "x"',
            "!end",
            "```",
            "```python",
            "````",
            "~~~",
            "~~~~ x",
            "`a",
            "b`",
            "``",
            "> ",
            "    ",
            "\t",
            "  ",
            "",
            "\r",
            'web_search(query="x")',
            '!prompt "a',
            'b"',
            "[AI-2]: hi",
            "<pre>",
            "* x",
        ]
    ),
    max_size=14,
).map("\n".join)


def names(text: str) -> list[str]:
    return [found.name for found in commands_in(text)]


@given(HOSTILE, st.sampled_from(["mark", "fence", "indent"]))
def test_quoting_any_message_yields_no_command(text: str, how: str) -> None:
    assert commands_in(quote(text, how)) == []  # type: ignore[arg-type]  # a sample of the three words


@given(HOSTILE, st.sampled_from(["mark", "fence", "indent"]))
def test_a_command_behind_a_quotation_is_the_only_one(text: str, how: str) -> None:
    quoted = quote(text, how)  # type: ignore[arg-type]  # as above
    assert names(f"{quoted}\n\n!leave") == ["leave"]


@given(HOSTILE | st.text())
def test_spans_are_in_order_whole_lines_and_hold_their_command(text: str) -> None:
    end = 0
    for found in commands_in(text):
        assert end <= found.start < found.end <= len(text)
        assert found.start == 0 or text[found.start - 1] == "\n"
        assert found.end == len(text) or text[found.end - 1] == "\n"
        assert text[found.start : found.end].lstrip(" ")[0] in "!w"
        end = found.end


@given(HOSTILE | st.text())
def test_what_is_stripped_leaves_no_command_and_nothing_else_is_lost(text: str) -> None:
    found = commands_in(text)
    stripped = strip_spans(text, found)
    kept, pos = "", 0
    for one in found:
        kept, pos = kept + text[pos : one.start], one.end
    assert "".join(stripped.split()) == "".join((kept + text[pos:]).split())
    assert stripped == text if not found else True


@given(HOSTILE | st.text(), st.text(max_size=8))
def test_nothing_that_is_written_raises(text: str, label: str) -> None:
    asks_end(text, ["[END]", "^C^C", label])
    strip_own_prefix(text, [label, "AI-1"])
    own, place = cut_other_mouths(text, [label, "AI-2"])
    assert (place is None) == (own is text)
    assert normalise(normalise(text)) == normalise(text)


@pytest.mark.parametrize(
    "text",
    [
        "!image x",
        "   !IMAGE x",
        "hello\n!ImAgE x",
        "hello\r\n!image x\r\n",
        "> quoted\n!image x",
        "```\ncode\n```\n!image x",
        "~~~\n```\n~~~\n!image x",
        "````\n```\n````\n!image x",
        "a ` lone backtick\n!image x",
        "a `closed` one\n!image x",
        "a ` here\n\nand ` there\n\n!image x",
        "```inline``` code\n!image x",
        "- item\n!image x",
        "    code\n!image x",
    ],
)
def test_a_command_at_the_start_of_a_line_is_found(text: str) -> None:
    assert names(text) == ["image"]


@pytest.mark.parametrize(
    "text",
    [
        "say !image x",
        "    !image x",
        "\t!image x",
        "  \t!image x",
        "> !image x",
        "  > !image x",
        ">!image x",
        "```\n!image x\n```",
        "```\n!image x",
        "~~~ text\n!image x",
        "```\n```python\n!image x\n```\n!image x\n```",
        "````\n```\n!image x\n```\n````",
        "``` \n~~~\n!image x",
        "`!image x`",
        "`a\n!image x\nb`",
        "``a ` b\n!image x\n``",
        "！image x",
        "!\u200bimage x",
        "\u200b!image x",
        "\ufeff!image x",
        "\u00a0!image x",
        "a\u2028!image x",
        "a\r!image x",
        "!!!",
        "!",
        "! image",
        "!= 3",
        "!1image",
        "![alt](picture.png)",
        "*!image x*",
        "- !image x",
        "say web_search(query='x')",
        "web_search is nice",
    ],
)
def test_what_is_quoted_or_only_looks_like_one_is_none(text: str) -> None:
    assert names(text) == []


def test_unknown_and_prose_that_begins_like_a_command_are_found_to_be_answered() -> None:
    assert names("!immage x\n!important note\nno\n!wow!!!") == ["immage", "important", "wow"]


def test_commands_come_in_text_order_and_a_closed_one_does_not_swallow_the_next() -> None:
    text = '!prompt "a\n!image b\n```\nc"\n!image "d"\ntext\n!end'
    assert [(one.name, one.words) for one in commands_in(text)] == [
        ("prompt", ("a\n!image b\n```\nc",)),
        ("image", ("d",)),
        ("end", ()),
    ]


def test_an_unclosed_quotation_is_found_with_its_error_and_only_its_line() -> None:
    first, second = commands_in('!image "never closed\n!end')
    assert (first.name, first.error, second.name, second.error) == ("image", "unterminated", "end", None)


def test_no_more_than_so_many_are_read() -> None:
    found = commands_in("!a\n" * (MOST_COMMANDS + 50))
    assert len(found) == MOST_COMMANDS + 1
    assert [one.error for one in found[-2:]] == [None, "too_many"]


@pytest.mark.parametrize("label", ["AI-1", "Nova", "AI-1 (Gemini 3 Flash)", "C++ (v2)"])
@pytest.mark.parametrize(
    "form", ["[{}]: hi", "{}: hi", "  [{}]:\n\nhi", "**{}**: hi", "**{}:** hi", "**[{}]:** hi", "[{}]: {}: hi"]
)
def test_an_echoed_own_prefix_is_stripped(form: str, label: str) -> None:
    assert strip_own_prefix(form.replace("{}", label), ["AI-1", "Nova", label]) == "hi"


@pytest.mark.parametrize("text", ["hi [Nova]: x", "Novak: x", "Nova says: x", "[Other]: x", "hi\nNova: x", ""])
def test_other_beginnings_stay(text: str) -> None:
    assert strip_own_prefix(text, ["Nova", ""]) == text


def test_what_is_said_in_anothers_name_is_cut() -> None:
    text = "I think so.\n\n[Nova]: and I agree!\n!leave"
    assert cut_other_mouths(text, ["Nova", "AI-2"]) == ("I think so.", 13)
    assert cut_other_mouths("[ai-2]: hi", ["AI-2"]) == ("", 0)
    assert cut_other_mouths("x\n**[Nova]**: hi", ["Nova"]) == ("x", 2)


@pytest.mark.parametrize(
    "text", ["as [Nova]: said", "```\n[Nova]: x\n```", "> [Nova]: x", "[Novak]: x", "Nova: x", "[Nova] x"]
)
def test_a_name_that_is_only_mentioned_is_not_cut(text: str) -> None:
    assert cut_other_mouths(text, ["Nova"]) == (text, None)


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("a\n\n!x\n\nb", "a\n\nb"),
        ("a\n!x\nb", "a\nb"),
        ("!x\n\na", "a"),
        ("a\n\n!x", "a"),
        ("a\n!x\n!y\n\n\n", "a"),
        ("!x", ""),
        ("    a\n!x\n    b\n", "    a\n    b\n"),
        ("a", "a"),
    ],
)
def test_no_blank_lines_are_left_behind(text: str, left: str) -> None:
    assert strip_spans(text, commands_in(text)) == left


def test_spans_may_be_given_in_any_order_and_overlap() -> None:
    assert strip_spans("abcdef", [(3, 5), (1, 2), (1, 4)]) == "af"
    assert Found(name="x", start=1, end=2).span == (1, 2)


@pytest.mark.parametrize(
    ("one", "other"),
    [("A  Cat", "a cat"), ("ｃａｔ", "cat"), ("c\u200bat\u00ad", "CAT"), ("STRASSE", "straße"), (" x\n\ty ", "x y")],
)
def test_what_looks_the_same_is_the_same(one: str, other: str) -> None:
    assert normalise(one) == normalise(other)
