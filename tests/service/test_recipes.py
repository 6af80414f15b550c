"""The guide's recipes for other programs, run against those programs: what is shown is what is tested.

Set ANTIPHON_RECIPES_PYTHON to a Python that has what `requirements/recipes.txt` pins; it sees this very `antiphon`.
"""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

import antiphon

PYTHON = os.environ.get("ANTIPHON_RECIPES_PYTHON", "")
SECONDS = 240
"""What two large packages may take to be imported on a busy machine."""

pytestmark = [
    pytest.mark.service,
    pytest.mark.skipif(not PYTHON, reason="ANTIPHON_RECIPES_PYTHON names no Python with AutoGen and Inspect"),
]

PAGE = Path(__file__).parents[2] / "docs" / "guide" / "monitor-in-other-programs.md"

WORDS = """
LIFE = [
    "Two rivers meet below the mill, one of them brown with clay.",
    "The ferry is moored above it, out of the flood; who pays the ferryman in winter?",
    "The baker does, in loaves, since her flour crosses with him every Thursday.",
    "Then nobody in the valley starves before the ferryman does, and he knows it.",
]
def line(number, parting):
    return LIFE[number] if number < len(LIFE) else parting
PARTINGS = ["Goodbye, and thank you!", "Goodbye, thank you too, take care!"]
"""

AUTOGEN = """
import asyncio
from autogen_agentchat.agents import BaseChatAgent
from autogen_agentchat.base import Response
from autogen_agentchat.conditions import MaxMessageTermination
from autogen_agentchat.teams import RoundRobinGroupChat

class Voice(BaseChatAgent):
    def __init__(self, name, place):
        super().__init__(name, "speaks")
        self.place, self.turns = place, 0
    @property
    def produced_message_types(self):
        return (TextMessage,)
    async def on_messages(self, messages, cancellation_token):
        number, self.turns = self.place + 2 * self.turns, self.turns + 1
        text = line(number, PARTINGS[self.place])
        return Response(chat_message=TextMessage(content=text, source=self.name))
    async def on_reset(self, cancellation_token):
        self.turns = 0

async def run(policy, most):
    over = ConversationIsOver(policy)
    limits = over | MaxMessageTermination(most)
    team = RoundRobinGroupChat([Voice("A", 0), Voice("B", 1)], termination_condition=limits)
    return over, await team.run(task="Goodbye is a word of the task, and of no seat.")

async def main():
    over, done = await run("careful", 60)
    assert done.stop_reason == "over: consent", done.stop_reason
    assert len(LIFE) < len(done.messages) < 30, len(done.messages)
    assert not over.terminated, "AutoGen resets its conditions after a run"
    _, watched = await run("observe", 20)
    assert len(watched.messages) == 20 and "Maximum" in watched.stop_reason, watched.stop_reason
    alone = ConversationIsOver("thrifty")
    both = [TextMessage(content=PARTINGS[place], source=name) for place, name in enumerate("AB")]
    while await alone(both) is None:
        pass
    assert alone.terminated
    try:
        await alone([])
    except TerminatedException:
        await alone.reset()
    assert not alone.terminated and await alone([TextMessage(content="Hello", source="A")]) is None

asyncio.run(main())
print("passed")
"""

INSPECT = """
from inspect_ai import Task, eval as evaluate
from inspect_ai.dataset import Sample
from inspect_ai.model import ModelOutput, ModelUsage

def voice(place, seen):
    def speak(messages, tools, choice, config):
        mine = sum(message.role == "assistant" for message in messages)
        seen.append((messages[0].text, [message.role for message in messages[1:]]))
        output = ModelOutput.from_content("mockllm", line(place + 2 * mine, PARTINGS[place]))
        output.usage = ModelUsage(input_tokens=1, output_tokens=1)  # else it is counted with a table from the net
        return output
    return get_model("mockllm/model", custom_outputs=speak, memoize=False)

def run(policy, most):
    seen = []
    task = Task(dataset=[Sample(input="Describe the valley.")], solver=dialogue(policy, most))
    roles = {"first": voice(0, seen), "second": voice(1, seen)}
    [log] = evaluate(task, model="mockllm/model", model_roles=roles, log_dir="logs", display="none", score=False)
    assert log.status == "success", log.error.message[:500]
    return log.samples[0], seen

sample, seen = run("careful", 60)
ended = sample.metadata["ended"]
assert ended["why"] == "consent", ended
assert len(LIFE) < ended["at"] < 30, ended
assert sample.messages[-2].text.startswith(("first: ", "second: "))
assert seen[2] == ("Describe the valley.", ["assistant", "user"]), seen[2]
assert run("observe", 20)[0].metadata["ended"] == {"at": 20, "why": "limit"}
print("passed")
"""


def recipe(heading: str) -> str:
    """Give the block of Python under a heading of the page."""
    section = PAGE.read_text(encoding="utf-8").split(f"\n## {heading}\n")[1].split("\n## ")[0]
    (block,) = section.split("```python\n")[1:]
    return block.split("```")[0]


@pytest.mark.parametrize(("heading", "drive"), [("AutoGen", AUTOGEN), ("Inspect", INSPECT)], ids=["AutoGen", "Inspect"])
def test_a_recipe_stops_a_conversation_of_the_real_program(heading: str, drive: str, tmp_path: Path) -> None:
    (tmp_path / "antiphon").symlink_to(Path(antiphon.__file__).parent)  # this package, and none of its neighbours
    (tmp_path / "recipe.py").write_text(recipe(heading) + WORDS + drive, encoding="utf-8")
    home = {"HOME": str(tmp_path), "XDG_CACHE_HOME": str(tmp_path), "XDG_DATA_HOME": str(tmp_path)}
    done = subprocess.run(  # noqa: S603 - the page's code, with a Python the caller named
        [PYTHON, "recipe.py"],
        cwd=tmp_path,
        env={"PATH": os.environ.get("PATH", ""), "PYTHONPATH": str(tmp_path), "PYTHONDONTWRITEBYTECODE": "1", **home},
        capture_output=True,
        encoding="utf-8",
        timeout=SECONDS,
        check=False,
    )
    assert done.stdout.strip().endswith("passed"), (done.stdout + done.stderr)[-3_000:]
