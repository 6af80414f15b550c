"""A scenario is refused, with its path, before anything is opened."""

from __future__ import annotations

from pathlib import Path

import pytest

from antiphon import Laboratory
from antiphon.errors import ScenarioError

SEATS = '[[seats]]\nmodel = "echo"\n[[seats]]\nmodel = "listener"\n'


@pytest.mark.parametrize(
    ("lines", "path"),
    [
        ('rights = ["fly"]\n' + SEATS, r"\$\.rights\[0\]"),
        (SEATS + 'rights = ["end", "fly"]\n', r"\$\.seats\[1\]\.rights\[1\]"),
        (SEATS + 'label = "room"\n', r"\$\.seats\[1\]\.label"),
        (SEATS + 'label = "AI-7"\n', r"\$\.seats\[1\]\.label"),
        (SEATS + 'label = "[Nova]"\n', r"\$\.seats\[1\]\.label"),
        ("opening_seat = 3\n" + SEATS, r"\$\.opening_seat"),
        (SEATS + "[limits]\nseats = 1\n", r"\$\.limits\.seats"),
        (SEATS + '[rules.who_speaks.round_robin]\norder = ["AI-7"]\n', r"order\[0\]"),
        (SEATS + "[rules.who_speaks.nobody]\n", r"\$\.rules\.who_speaks\.nobody"),
        (SEATS + "[rules.who_speak.random]\n", r"\$\.rules\.who_speak"),
        (SEATS + "[rules.when_it_ends.rounds]\ncount = -1\n", r"\$\.rules\.when_it_ends\.rounds\.count"),
        (SEATS + '[rules.when_it_ends.deadline]\nat = "tomorrow"\n', r"\$\.rules\.when_it_ends\.deadline"),
        (SEATS + "[rules.who_speaks.random]\n[rules.who_speaks.mention]\n", r"\$\.rules\.who_speaks"),
    ],
)
async def test_what_does_not_fit_is_named_by_file_and_path_and_leaves_no_room(
    tmp_path: Path, lines: str, path: str
) -> None:
    file = tmp_path / "odd.toml"
    file.write_text(f'name = "odd"\n{lines}')
    async with Laboratory("memory:") as laboratory:
        with pytest.raises(ScenarioError, match=rf"odd\.toml.*{path}"):
            await laboratory.begin(file)
        assert await laboratory.journal.rooms() == []


async def test_every_shipped_scenario_passes() -> None:
    async with Laboratory("memory:") as laboratory:
        for name in ("backrooms", "dyad", "group-chat", "solo"):
            assert laboratory.scenario(name).name == name
