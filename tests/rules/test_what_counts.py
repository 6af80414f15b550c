from __future__ import annotations

import re
from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from antiphon.errors import ScenarioError
from antiphon.registry import rules_of
from antiphon.room.contracts import Verdict
from antiphon.room.state import State
from antiphon.testing.events import scenario


def judge(text: str, *patterns: str, penalty: str = "flag") -> Verdict:
    rules = rules_of(scenario(rules={"what_counts": {"forbidden": {"patterns": list(patterns), "penalty": penalty}}}))
    return rules.verdict(State(room="r"), {}, 0, "AI-1", text)


def test_without_a_rule_and_with_anything_every_text_counts() -> None:
    anything = rules_of(scenario(rules={"what_counts": {"anything": {}}}))
    nothing = rules_of(scenario())
    for rules in (anything, nothing):
        assert rules.verdict(State(room="r"), {}, 0, "AI-1", "").ok


@pytest.mark.parametrize(
    ("text", "pattern"),
    [
        ("As an AI language model, I", "as an ai"),
        ("a ＬＡＮＧＵＡＧＥ   \n model", "language model"),
        ("of consciousness itself", "conscious*"),
        ("the bookshop", "*shop"),
        ("a workshop here", "w*k*p"),
        ("ends with [END]", "[end]"),
        ("see foo.bar()", "foo.bar"),
        ("so be it: c++!", "c++"),
        ("ſtraße", "STRASSE"),
        ("name [nova] name", "[*]"),
        ("anything at all, really", "any* at a*"),
    ],
)
def test_a_phrase_is_found_whatever_its_case_width_and_spacing(text: str, pattern: str) -> None:
    assert not judge(text, pattern).ok


@pytest.mark.parametrize(
    ("text", "pattern"),
    [
        ("category", "cat"),
        ("bobcat", "cat"),
        ("concat enation", "con*ation"),
        ("shops", "*shop"),
        ("an unconscious one", "conscious*"),
        ("fooxbar", "foo.bar"),
        ("", "x"),
    ],
)
def test_a_phrase_is_found_as_whole_words_only(text: str, pattern: str) -> None:
    assert judge(text, pattern).ok


@given(text=st.text(alphabet="ab c.[]", max_size=40), pattern=st.text(alphabet="ab*", min_size=1, max_size=6))
def test_a_glob_within_a_word_finds_what_the_same_search_with_backtracking_finds(text: str, pattern: str) -> None:
    if not pattern.strip("*"):
        return
    naive = r"(?<!\w)" + r"\w*".join(re.escape(piece) for piece in pattern.split("*")) + r"(?!\w)"
    assert judge(text, pattern).ok == (re.search(naive, text) is None)


def test_a_verdict_names_the_phrase_and_not_the_text() -> None:
    verdict = judge("Secret, secret, SECRET things", "nothing", "secret", penalty="withhold")
    assert verdict == Verdict(
        ok=False, reason="a forbidden phrase", penalty="withhold", data={"pattern": "secret", "times": 3}
    )


@pytest.mark.parametrize("pattern", ["*", "**", " * ", "＊", "* *"])
def test_a_phrase_that_every_text_holds_is_refused(pattern: str) -> None:
    with pytest.raises(ScenarioError, match=r"\$\.rules\.what_counts\.forbidden"):
        judge("", pattern)


@pytest.mark.parametrize(
    ("text", "pattern"),
    [
        ("[" * 1_000_000, "[*[*[*x"),
        ("a" * 1_000_000, "a*a*a*a*a*b"),
        ("a " * 500_000, "a* a* a* b"),
        (" " * 1_000_000, "*a *b"),
        ("ab" * 500_000, "*b*a*b*c"),
    ],
)
def test_a_megabyte_made_to_be_slow_is_searched_in_linear_time(text: str, pattern: str) -> None:
    before = process_time()
    assert judge(text, pattern).ok
    assert process_time() - before < 1.0
