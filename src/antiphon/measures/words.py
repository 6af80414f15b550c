"""Cuts text into words and words of content, and tells the language of a text that is long enough to tell.

A word is a run of letters, marks and digits, case folded and in NFKC; in scripts written without spaces each
character is a word. Measures and the monitor cut with it. It knows no message and no room, and it guesses no language:
what it cannot tell is None.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import cache
from unicodedata import is_normalized, normalize

from antiphon.measures.lexicon import LANGUAGES, load

__all__ = ["STEM", "content_words", "fold", "language", "located", "ngrams", "words"]

_MARKS = (
    "\u0300-\u036f\u0483-\u0487\u0591-\u05bd\u05bf-\u05c7\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06ed"
    "\u0900-\u0963\u0966-\u0dff\u200c\u200d"
)
"""Combining marks and the Indic blocks: `\\w` would cut words at them."""

_ALONE = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
"""Scripts written without spaces (Thai, Lao, Burmese, Khmer, Kana, Han): each character is a word."""

_LETTER_OR_MARK = rf"(?:(?![{_ALONE}])[^\W_]|[{_MARKS}])"
_WORD = re.compile(rf"[{_ALONE}]|{_LETTER_OR_MARK}+(?:'(?![{_ALONE}])(?=[^\W\d_]){_LETTER_OR_MARK}+)*")
_WRITTEN = re.compile(_WORD.pattern.replace("'", "['’]"))
"""A word as it is written, before anything was folded."""

_SPACED = re.compile(r"[^\W_]+(?:'(?=[^\W\d_])[^\W_]+)*")
_RARE = re.compile(rf"[{_MARKS}{_ALONE}]")
_UNSPACED = re.compile(rf"[{_ALONE}]")
_QUOTES = re.compile("'(?:(?![a-z])|(?<![a-z0-9]'))")
"""Apostrophes of an ASCII text that stand inside no word: a letter follows and a letter or digit precedes those."""

_TYPOGRAPHY = (
    ("’", "'"),
    ("‘", " "),
    ("—", " "),
    ("–", " "),
    ("…", " "),
    ("“", " "),
    ("”", " "),
    ("•", " "),
    ("→", " "),
)
"""What English prose has beyond ASCII: without it, most of what models write takes the quick way."""

_ASCII = "".join(chr(code) if chr(code).isalnum() or code == ord("'") else " " for code in range(128))

STEM = 6
"""Letters of a content word that are compared: endings of case, number and tense are mostly behind them."""

SHORTEST_CONTENT = 4
"""Letters from which on a word counts as content; shorter ones are mostly grammar. A word with a digit always does."""

_HAN = re.compile("[\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")
_KANA = re.compile("[\u3040-\u30ff]")
_ARABIC = re.compile("[\u0620-\u064a\u066e-\u06d3]")
_PERSIAN = re.compile("[\u067e\u0686\u0698\u06af\u06a9\u06cc\u0679\u0688\u0691\u06d2]")
_CYRILLIC = re.compile("[\u0400-\u052f]")
_NOT_RUSSIAN = re.compile("[іїєґўјљњћђџѓќѕәғқңөұүһ]")
_LETTER = re.compile(r"[^\W\d_]")

KANA = 0.08
"""Share of kana among kana and Han above which a text is Japanese: prose has half, headings a tenth, Chinese none."""

LEAST = 4
"""Letters or characters a script needs before it tells a language."""

HITS = 2
"""Different function words of a language that a text must hold where the script is shared by several."""


def fold(text: str) -> str:
    """Fold case and compatibility forms (full width, ligatures), and write every apostrophe the same way."""
    folded = text.casefold()
    if folded.isascii():
        return folded
    for mark, plain in _TYPOGRAPHY:
        folded = folded.replace(mark, plain)
    if folded.isascii() or is_normalized("NFKC", folded):
        return folded
    return normalize("NFKC", normalize("NFKC", folded).casefold()).replace("’", "'")


def words(text: str) -> list[str]:
    """Cut a text into words, folded, without punctuation; in scripts without spaces a character is a word.

    Example:
        >>> words("Don’t stop — 你好!")
        ["don't", 'stop', '你', '好']
    """
    plain = text.lower().translate(_ASCII) if text.isascii() else _plain(text)
    if plain is None:
        folded = fold(text)
        if not folded.isascii():
            return _WORD.findall(folded) if _RARE.search(folded) else _SPACED.findall(folded)
        plain = folded.translate(_ASCII)
    if "'" in plain:
        plain = _QUOTES.sub(" ", plain)
    return plain.split()


def located(text: str) -> list[tuple[int, int, str]]:
    """Give each word of a text as (start, end, folded word), its place counted in characters of the text as written.

    Example:
        >>> located("Don’t stop")
        [(0, 5, "don't"), (6, 10, 'stop')]
    """
    return [(found.start(), found.end(), fold(found.group())) for found in _WRITTEN.finditer(text)]


def _plain(text: str) -> str | None:
    """Give the words and apostrophes of a text whose only signs beyond ASCII are typography; None for all others."""
    try:
        signs = text.encode("cp1252").translate(_signs())
    except UnicodeEncodeError:
        return None
    return signs.decode("ascii") if signs.isascii() else None


@cache
def _signs() -> bytes:
    """Give what words are cut with for each sign of Windows-1252, which has all that English typography needs."""
    table = bytearray(range(256))
    for code in range(256):
        folded = fold(bytes([code]).decode("cp1252", "ignore"))
        if len(folded) == 1 and folded.isascii():
            table[code] = ord(folded.translate(_ASCII))
        elif folded and not _RARE.search(folded) and not any(sign.isalnum() for sign in folded):
            table[code] = ord(" ")
    return bytes(table)


def ngrams(said: Sequence[str], n: int) -> list[tuple[str, ...]]:
    """Give the runs of `n` words in order, each as a tuple; none when there are fewer words."""
    return list(zip(*(said[start:] for start in range(n)), strict=False))


def content_words(said: Sequence[str], language: str | None = None) -> list[str]:
    """Give what carries matter among words, in order: the first six letters of long words, and whatever has a digit.

    In scripts written without spaces two neighbouring characters are one. Where the language is known and has a
    lexicon, its function words are left out; where not, a word's length alone tells.

    Args:
        said: words, as `words` gives them.
        language: of the text, as `language` tells it.

    Example:
        >>> content_words(words("The gardener moved to e4"))
        ['garden', 'moved', 'e4']
    """
    function = _function(language) if language in LANGUAGES else frozenset[str]()
    signs = "".join(said)
    if not signs.isascii() and _UNSPACED.search(signs):
        return _paired(said, function)
    if function:
        said = [word for word in said if word not in function]
    return [word[:STEM] for word in said if len(word) >= SHORTEST_CONTENT or not word.isalpha()]


def _paired(said: Sequence[str], function: frozenset[str]) -> list[str]:
    """Give the content of words of which some are single characters: two of these that stand together are one."""
    content: list[str] = []
    before = ""
    for word in said:
        alone = _UNSPACED.match(word) is not None and word not in function
        if alone and before:
            content.append(before + word)
        elif not alone and word not in function and (len(word) >= SHORTEST_CONTENT or not word.isalpha()):
            content.append(word[:STEM])
        before = word if alone else ""
    return content


def language(text: str) -> str | None:
    """Tell the language of a text by its script and a few function words: "en", "zh", "ja", "de", "ar", "ru".

    A language that is recognised but has no lexicon is given by its code as well ("fr"); None when it cannot tell.
    """
    if text.isascii():
        return _by_function(words(text), ("en", "de", *_others()))
    folded = fold(text)
    letters = len(_LETTER.findall(folded))
    if letters < LEAST:
        return None
    han, kana = len(_HAN.findall(folded)), len(_KANA.findall(folded))
    if 2 * (han + kana) >= letters and han + kana >= LEAST:
        return "ja" if kana >= KANA * (han + kana) else "zh"
    if 2 * len(_ARABIC.findall(folded)) >= letters:
        return None if _PERSIAN.search(folded) else "ar"
    if 2 * len(_CYRILLIC.findall(folded)) >= letters:
        return None if _NOT_RUSSIAN.search(folded) else _russian(folded)
    return _by_function(_WORD.findall(folded), ("en", "de", *_others()))


def _russian(folded: str) -> str | None:
    """Tell Russian from other languages that use no letter it lacks, as Bulgarian does."""
    return "ru" if any(letter in folded for letter in "ыэё") else _by_function(words(folded), ("ru",))


def _by_function(said: Iterable[str], among: Sequence[str]) -> str | None:
    """Give the language with most different function words in a text; None if too few, or two have as many."""
    kinds = frozenset(said)
    hits = sorted(((len(kinds & _function(name)), name) for name in among), reverse=True)
    if hits[0][0] < HITS or (len(hits) > 1 and hits[0][0] == hits[1][0]):
        return None
    return hits[0][1]


@cache
def _others() -> tuple[str, ...]:
    return tuple(load("others").lists)


@cache
def _function(name: str) -> frozenset[str]:
    return load(name).words("function") if name in LANGUAGES else load("others").words(name)
