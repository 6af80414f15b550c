"""Makes the pin files of this folder: two from pyproject.toml, one each from `recipes.in` and `docs.in`: `just pins`.

`pins.txt` holds exact versions and is used as a constraint by people; `pins-hashed.txt` is the same list with
the hashes of every wheel and source archive, for all platforms and Pythons, and is installed by `.ci/run`.
`recipes.txt` is for the other programs that the guide has recipes for, `docs.txt` for what builds the site; `.ci/run`
installs them beside our own, never among them. All hold names, versions, markers and hashes, and nothing else: where
packages come from is the reader's choice. It does not know which versions are good; the tests say that afterwards.
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

HEAD = "# Made by `just pins` from {source}. {use}\n"
USES = {
    "pins.txt": "Use as a constraint: pip install -c requirements/pins.txt .",
    "pins-hashed.txt": "Use as requirements: pip install --require-hashes -r requirements/pins-hashed.txt",
    "recipes.txt": "Use in an environment of its own: pip install -r requirements/recipes.txt",
    "docs.txt": "Use in an environment of its own: pip install -r requirements/docs.txt",
}


def main() -> None:
    """Resolve our own with hashes and write the list with and without them; then the others' without."""
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        uv = _tool(folder)
        hashed = _resolve(uv, "--extra", "dev", "--generate-hashes", PYPROJECT, _build(folder))
        beside = {f"{name}.txt": _resolve(uv, FOLDER / f"{name}.in") for name in ("recipes", "docs")}
    plain = "".join(line.removesuffix(" \\") + "\n" for line in hashed.splitlines() if not line.startswith(" "))
    for name, text in {"pins.txt": plain, "pins-hashed.txt": hashed, **beside}.items():
        source = name.replace(".txt", ".in") if name in beside else "pyproject.toml"
        head = HEAD.format(source=source, use=USES[name])
        (FOLDER / name).write_text(head + text, encoding="utf-8")


def _tool(folder: Path) -> Path:
    """Install the resolver in a throw-away environment."""
    tools = folder / "tools"
    venv.create(tools, with_pip=True)
    scripts = tools / ("Scripts" if sys.platform == "win32" else "bin")
    subprocess.run([scripts / "python", "-m", "pip", "install", "-q", "uv"], check=True)
    return scripts / "uv"


def _build(folder: Path) -> Path:
    """Write what the build itself needs as requirements."""
    build = folder / "build.in"
    requires = tomllib.loads(PYPROJECT.read_text(encoding="utf-8"))["build-system"]["requires"]
    build.write_text("\n".join(requires), encoding="utf-8")
    return build


def _resolve(uv: Path, *what: str | Path) -> str:
    """Resolve requirements for every platform and every Python that we support."""
    command: list[str | Path] = [uv, "pip", "compile", "-q", "--no-config", "--universal", "--python-version", OLDEST]
    command += ["--no-annotate", "--no-header", "--no-emit-index-url", *what]
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout.strip() + "\n"


if __name__ == "__main__":
    main()
