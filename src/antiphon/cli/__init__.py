"""The command line: `antiphon VERB …`. This module knows the verbs' names; each verb is a file, imported on use.

It knows no room, no journal and no screen: `antiphon --help` must stay cheap.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from importlib import import_module
from typing import NoReturn

import click

from antiphon import __version__
from antiphon.errors import AntiphonError

__all__ = ["VERBS", "antiphon", "main"]

VERBS: dict[str, dict[str, str]] = {
    "Rooms": {
        "demo": "Take a tour of 90 seconds: a room, its end, a kill, a fork.",
        "run": "Open a room and run it.",
        "resume": "Take a room up again where it stopped.",
        "fork": "Begin a new room with another room's past.",
        "init": "Write a scenario file to start from.",
        "serve": "Show the rooms in a browser, and take part in them.",
    },
    "Many rooms": {
        "swarm": "Run many rooms under one budget.",
    },
    "While a room runs": {
        "attach": "Follow a room that another process runs, and speak in it.",
        "say": "Say something in a room.",
        "whisper": "Say something to one seat only.",
        "mute": "Take a seat's turns away, or give them back.",
        "pause": "Pause a room.",
        "end": "End a room for good.",
    },
    "What is kept": {
        "rooms": "List the rooms, the one that changed last on top.",
        "show": "Show a room, or what one seat was shown of it.",
        "play": "Play a room back at reading pace.",
        "export": "Write a room to a file, or all rooms to a folder of pages.",
        "import": "Make rooms of files from elsewhere.",
        "verify": "Check that nothing was changed since it was written.",
        "monitor": "Tell where conversations are over, and what stopping there saves.",
        "flags": "List what the monitor found, in a room or in all.",
        "ack": "Say what you think of a flag.",
        "backup": "Copy the journal, also while rooms run.",
        "journal": "Copy rooms between journals.",
        "delete": "Delete a room or a message for good.",
    },
    "This machine": {
        "setup": "Keep an endpoint and its key, and test them with one free call.",
        "doctor": "Say what works here, and what to do about what does not.",
    },
    "About": {
        "bench": "Measure policies on recordings of your own.",
        "models": "List the models known here.",
        "schema": "Print the JSON Schema of scenario files.",
    },
}
"""Section of the help -> verb -> its one line; each verb's own docstring begins with the same line (a test says so)."""


class Verbs(click.Group):
    """Finds a verb's file when it is used, and lists verbs without importing them."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        """Name the verbs in the order of the help."""
        return [name for section in VERBS.values() for name in section]

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        """Import the verb `name`."""
        if name not in self.list_commands(ctx):
            return None
        file = name + "_" if name == "import" else name
        command: click.Command = import_module(f"antiphon.cli.{file}").verb
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002 - click's
        """List the verbs by section."""
        widest = max(len(name) for section in VERBS.values() for name in section)
        for title, section in VERBS.items():
            with formatter.section(title):
                formatter.write_dl([(name.ljust(widest), line) for name, line in section.items()])


@click.group(cls=Verbs, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="antiphon", message="%(prog)s %(version)s")
@click.option(
    "--journal", metavar="PATH|URL", help="Where rooms are kept. [default: $ANTIPHON_JOURNAL, else your data folder]"
)
@click.pass_context
def antiphon(ctx: click.Context, journal: str | None) -> None:
    """A laboratory for unattended conversations between language models.

    \b
    antiphon demo              a tour: no key, no network, no model
    antiphon run dyad          two seats and an end sentence
    antiphon setup             your own models: one endpoint, one key
    antiphon VERB --help       everything a verb can do
    """  # noqa: D301 - \b keeps the lines below it as they are
    ctx.obj = journal


def main(words: Sequence[str] | None = None) -> NoReturn:
    """Run the command line and exit: 0 done, 1 failure, 2 the user's mistake."""
    sys.exit(_run(words))


def _run(words: Sequence[str] | None) -> int:
    """Run one verb; every error raised on purpose becomes a line on stderr and an exit code."""
    for name in ("stdout", "stderr"):
        if (stream := getattr(sys, name)) is None:  # closed, or a daemon's
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: PTH123, SIM115 - lives as long as the process
        else:
            stream.reconfigure(errors="replace")  # a console that is not UTF-8 gets "?"
    try:
        code = antiphon.main(words, prog_name="antiphon", standalone_mode=False)
        sys.stdout.flush()
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except AntiphonError as error:
        return _tell(error)
    except (KeyboardInterrupt, click.Abort):
        click.echo("stopped", err=True)
        return 1
    except OSError as error:
        # nobody reads any more, or the disk is full; what is still buffered must not raise again while Python exits
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        if not isinstance(error, BrokenPipeError):
            click.echo(f"antiphon: {error.strerror or error}", err=True)
        return 1
    return code if isinstance(code, int) else 0  # click gives back what `Exit` was raised with


def _tell(error: AntiphonError) -> int:
    from antiphon.transcripts.safe import for_terminal

    click.echo(f"antiphon: {for_terminal(str(error))}", err=True)
    return error.exit_code
