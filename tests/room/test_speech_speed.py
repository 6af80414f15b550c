"""A hostile megabyte costs no more than a moment: time is linear in the message."""

from __future__ import annotations

import time

import pytest

from antiphon.room.speech import asks_end, commands_in, cut_other_mouths, normalise, strip_own_prefix, strip_spans

MEGABYTE = 1_000_000
BOUND = 0.05
"""Seconds of CPU for one megabyte of one kind of mark; measured at 0.001 to 0.055 on two noisy cores."""
SLACK = 5
"""A busy machine and shapes with a line for every two characters."""


def repeated(piece: str) -> str:
    return (piece * (MEGABYTE // len(piece) + 1))[:MEGABYTE]


def cpu(text: str) -> float:
    """Give the least of three runs of everything that is done with a reply, in seconds of CPU."""
    runs = []
    for _ in range(3):
        start = time.process_time()
        strip_spans(text, commands_in(text))
        runs.append(time.process_time() - start)
    return min(runs)


@pytest.mark.parametrize("prefix", ["", "!x ", "!image ", "hello\n"])
@pytest.mark.parametrize("mark", ["[", '"', "`", "“", "'", "!", ">", "~", "\\", " ", "(", '"a '])
def test_a_megabyte_of_one_mark_is_read_at_once(prefix: str, mark: str) -> None:
    assert cpu(prefix + repeated(mark) + "\n!x") < BOUND * 2


SHAPES = {
    "unknown commands": repeated("!a\n"),
    "unclosed quotations": repeated('!a "b\n'),
    "unclosed curly ones": repeated("!a “b\n"),
    "unclosed lists": repeated('!a [b, "c\n'),
    "open lists on one line": "!a " + repeated('["b ') + "]",
    "fences": repeated("```\n") + "\n!x",
    "nested fences": repeated("```a\n") + "\n!x",
    "commands in a fence": "```\n" + repeated("!a\n"),
    "inline code": repeated("`a\n!a\n"),
    "runs of all lengths": "".join("`" * n + "a" for n in range(1, 1400)) + "\n!x",
    "empty lines": repeated("\n") + "!x",
    "blank lines": "`" + repeated(" \n") + "`\n!x",
    "quoted commands": repeated("> !a\n"),
    "escaped backslashes": '!x "' + repeated("\\"),
    "arguments in thousands": "!x " + repeated("a "),
}


@pytest.mark.parametrize("shape", SHAPES)
def test_no_shape_takes_longer_than_its_length(shape: str) -> None:
    assert cpu(SHAPES[shape]) < BOUND * SLACK


@pytest.mark.parametrize(
    "text", [repeated("["), repeated("[B]:\n"), "```\n" + repeated("[B]:\n"), repeated("ﷺ"), repeated("* ")]
)
def test_markers_mouths_prefixes_and_keys_are_quick_too(text: str) -> None:
    start = time.process_time()
    asks_end(text + "[END]", ["[END]"])
    cut_other_mouths(text, ["B", "AI-2"])
    strip_own_prefix(text, ["B", "AI-2"])
    normalise(text)
    assert time.process_time() - start < BOUND * SLACK
