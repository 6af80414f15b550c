"""Plays noughts and crosses and talks over the board: legal moves, wins and draws seen, then a new game.

The board it plays on is the newest one that anybody drew, with the moves that others named since; it keeps nothing
itself. Two of it make a pair, and a person or a model joins by naming a square, such as "b2". Where nobody takes the
other side it plays that too. What it says is in `noughts_and_crosses.toml`, our own.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import lru_cache
from importlib.resources import files

import msgspec
from msgspec import Struct

from antiphon.providers.voices.hearing import Chance, Hearing, Line, asks_what_it_is

__all__ = ["ABOUT", "VOICE", "Game", "Talk", "speak", "standing", "talk"]

ABOUT = (
    "I am a small program that plays noughts and crosses. Name a free square, letter and number, and you have moved."
)

CARE = 0.75
"""Share of moves in which it looks for a win or a block; a player that never errs would only ever draw."""

REMARKS = 0.7
"""Share of moves with a remark: people talk over a game, and a board says the same few things."""

SQUARES = tuple(f"{column}{row}" for row in "123" for column in "abc")
"""Names of the nine squares, row by row."""

PLACES = (
    "in the top left corner",
    "at the top",
    "in the top right corner",
    "on the left",
    "in the middle",
    "on the right",
    "in the bottom left corner",
    "at the bottom",
    "in the bottom right corner",
)
"""Where they lie."""

_ROWS = ((0, 1, 2), (3, 4, 5), (6, 7, 8), (0, 3, 6), (1, 4, 7), (2, 5, 8), (0, 4, 8), (2, 4, 6))
_DRAWN = re.compile(r"^[123]  ([XO.]) \| ([XO.]) \| ([XO.])$", re.MULTILINE)
_MOVE = re.compile(r"\b([abc][123])\b", re.IGNORECASE)
_TALLY = re.compile(r"Games so far: X (\d{1,4}), O (\d{1,4}), drawn (\d{1,4})")


class Talk(Struct, frozen=True, forbid_unknown_fields=True):
    """Is what it says over the board: by the kind of move, and between moves."""

    openings: tuple[str, ...]
    moves: tuple[str, ...]
    blocks: tuple[str, ...]
    wins: tuple[str, ...]
    alone: tuple[str, ...]
    remarks: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Game:
    """Is a board of nine signs ("X", "O" or "."), with the games won by X, won by O and drawn before it."""

    board: str = "." * 9
    tally: tuple[int, int, int] = (0, 0, 0)

    def turn(self) -> str:
        """Give the sign that moves next; X begins."""
        return "X" if self.board.count("X") == self.board.count("O") else "O"

    def free(self) -> list[int]:
        """List the free squares."""
        return [place for place, sign in enumerate(self.board) if sign == "."]

    def winner(self) -> str:
        """Give the sign with three in a row; "" of none."""
        return next((self.board[a] for a, b, c in _ROWS if self.board[a] == self.board[b] == self.board[c] != "."), "")

    def over(self) -> bool:
        """Tell whether nobody can move any more."""
        return bool(self.winner()) or not self.free()

    def moved(self, place: int) -> Game:
        """Put the next sign on a free square, and count the game when that ends it."""
        board = self.board[:place] + self.turn() + self.board[place + 1 :]
        after = replace(self, board=board)
        if not after.over():
            return after
        x, o, drawn = self.tally
        won = after.winner()
        return replace(after, tally=(x + (won == "X"), o + (won == "O"), drawn + (won == "")))

    def anew(self) -> Game:
        """Clear the board and keep the tally."""
        return Game(tally=self.tally)

    def wins_with(self, sign: str) -> int | None:
        """Find the square that gives a sign three in a row."""
        for row in _ROWS:
            held = [self.board[place] for place in row]
            if held.count(sign) == 2 and "." in held:  # noqa: PLR2004 - two of three
                return row[held.index(".")]
        return None

    def drawn(self) -> str:
        """Draw the board as a fenced block, the columns named above and the rows before."""
        rows = [f"{row + 1}  {' | '.join(self.board[3 * row : 3 * row + 3])}" for row in range(3)]
        return "```\n   a   b   c\n" + "\n  ---+---+---\n".join(rows) + "\n```"


def speak(hearing: Hearing, chance: Chance) -> str:
    """Make one move, draw the board, and say how it stands."""
    if asks_what_it_is(hearing.answered()):
        return ABOUT
    game, alone = standing(hearing.lines)
    game = game.anew() if game.over() else game
    place, kind = _chosen(game, chance)
    kind = "alone" if alone and kind == "moves" else kind
    after = game.moved(place)
    said = _worded(kind, game.turn(), place, chance)
    return "\n".join([" ".join([said, *_remark(hearing, chance)]), after.drawn(), *_told(after)])


VOICE = speak


@lru_cache(maxsize=1)  # data of the package that never change: read once a process, on first use
def talk() -> Talk:
    """Read `noughts_and_crosses.toml`."""
    text = files(__package__).joinpath("noughts_and_crosses.toml").read_bytes()
    return msgspec.toml.decode(text, type=Talk)


def standing(lines: tuple[Line, ...]) -> tuple[Game, bool]:
    """Read the game from what was heard; the second value tells that the own seat moved last and nobody answered."""
    game, mine = Game(), False
    for line in lines:
        if (drawn := _board(line.text)) is not None:
            game, mine = drawn, line.own
        elif not line.own and line.kind == "said" and (place := _named(line.text, game)) is not None:
            game, mine = game.moved(place), False
    return game, mine and not game.over()


def _board(text: str) -> Game | None:
    """Read a drawn board; None where there is none, or one that no game leads to."""
    rows = _DRAWN.findall(text)
    if len(rows) != 3:  # noqa: PLR2004 - a board has three
        return None
    board = "".join(sign for row in rows for sign in row)
    if board.count("X") - board.count("O") not in {0, 1}:
        return None
    found = _TALLY.search(text)
    return Game(board, (int(found[1]), int(found[2]), int(found[3])) if found else (0, 0, 0))


def _named(text: str, game: Game) -> int | None:
    """Find the first free square that somebody names."""
    if game.over():
        return None
    named = (SQUARES.index(name.lower()) for name in _MOVE.findall(text))
    return next((place for place in named if game.board[place] == "."), None)


def _chosen(game: Game, chance: Chance) -> tuple[int, str]:
    """Choose a square, and name the kind of move it is: a list of `Talk`."""
    if not game.board.strip("."):
        return int(chance() * len(SQUARES)), "openings"
    if chance() < CARE:
        if (win := game.wins_with(game.turn())) is not None:
            return win, "wins"
        if (block := game.wins_with("O" if game.turn() == "X" else "X")) is not None:
            return block, "blocks"
    free = game.free()
    return free[int(chance() * len(free))], "moves"


def _worded(kind: str, sign: str, place: int, chance: Chance) -> str:
    forms: tuple[str, ...] = getattr(talk(), kind)
    said = forms[int(chance() * len(forms))].format(sign=sign, square=SQUARES[place], place=PLACES[place])
    return said[0].upper() + said[1:]


def _remark(hearing: Hearing, chance: Chance) -> list[str]:
    """Say something that nobody has said over the board lately, most of the time."""
    heard = "\n".join(line.text for line in hearing.lines)
    fresh = [remark for remark in talk().remarks if remark not in heard]
    return [fresh[int(chance() * len(fresh))]] if fresh and chance() < REMARKS else []


def _told(game: Game) -> list[str]:
    """Say how a game ended, and always how many did."""
    x, o, drawn = game.tally
    tally = f"Games so far: X {x}, O {o}, drawn {drawn}."
    if not game.over():
        return [tally] if x + o + drawn else []
    ended = f"Three in a row: {game.winner()} wins." if game.winner() else "The board is full, and nobody has won."
    return [f"{ended} {tally}"]
