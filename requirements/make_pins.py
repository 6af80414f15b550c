"""Makes the two pin files of this folder from pyproject.toml: `just pins`.

`pins.txt` holds exact versions and is used as a constraint by people; `pins-hashed.txt` is the same list with
the hashes of every wheel and source archive, for all platforms and Pythons, and is installed by `.ci/run`. Both
hold names, versions, markers and hashes, and nothing else: where packages come from is the reader's choice. It
does not know which versions are good; the tests say that afterwards.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import tomllib
import venv
from pathlib import Path

FOLDER = Path(__file__).parent
PYPROJECT = FOLDER.parent / "pyproject.toml"
OLDEST = "3.11"
"""The oldest Python we support: the resolution holds for it and everything newer."""

HEAD = "# Made by `just pins` from pyproject.toml. {use}\n"
USES = {
    "pins.txt": "Use as a constraint: pip install -c requirements/pins.txt .",
    "pins-hashed.txt": "Use as requirements: pip install --require-hashes -r requirements/pins-hashed.txt",
}


def main() -> None:
    """Resolve once with hashes, and write the list with and without them."""
    with tempfile.TemporaryDirectory() as temporary:
        resolved = _resolve(Path(temporary))
    hashed = resolved.strip() + "\n"
    plain = "".join(line.removesuffix(" \\") + "\n" for line in hashed.splitlines() if not line.startswith(" "))
    for name, text in (("pins.txt", plain), ("pins-hashed.txt", hashed)):
        (FOLDER / name).write_text(HEAD.format(use=USES[name]) + text, encoding="utf-8")


def _resolve(folder: Path) -> str:
    """Resolve the core, the extra `dev` and the build's own requirements in a throw-away environment."""
    tools = folder / "tools"
    venv.create(tools, with_pip=True)
    scripts = tools / ("Scripts" if sys.platform == "win32" else "bin")
    subprocess.run([scripts / "python", "-m", "pip", "install", "-q", "uv"], check=True)
    build = folder / "build.in"
    requires = tomllib.loads(PYPROJECT.read_text(encoding="utf-8"))["build-system"]["requires"]
    build.write_text("\n".join(requires), encoding="utf-8")
    command: list[str | Path] = [scripts / "uv", "pip", "compile", "-q", "--no-config", "--universal"]
    command += [
        "--python-version",
        OLDEST,
        "--extra",
        "dev",
        "--generate-hashes",
        "--no-annotate",
        "--no-header",
        "--no-emit-index-url",
    ]
    command += [PYPROJECT, build]
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout


if __name__ == "__main__":
    main()
