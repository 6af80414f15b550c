"""What starting costs: CPU of `antiphon --help` and of `import antiphon`, and the size of what is installed.

    python bench/starting.py [--runs 15]

In one run, in turns: an empty Python, `import antiphon`, `antiphon --help`. The size is that of every file of the
core and of what it requires, as its installer listed them, without Python, pip and the extras.
"""

from __future__ import annotations

import argparse
import os
import resource
import statistics
import subprocess
import sys
from importlib.metadata import Distribution, PackageNotFoundError, distribution

from packaging.requirements import Requirement

WAYS = {
    "an empty Python": ["-c", "pass"],
    "import antiphon": ["-c", "import antiphon"],
    "antiphon --help": ["-m", "antiphon.cli", "--help"],
}
MB = 1_000_000


def cpu(words: list[str]) -> float:
    """Run Python with these words and give the CPU time it took, in milliseconds."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([sys.executable, *words], check=True, stdout=subprocess.DEVNULL)  # noqa: S603 - the words above
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return 1000 * (after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)


def required(name: str, known: dict[str, Distribution]) -> dict[str, Distribution]:
    """Gather a distribution and all it requires, extras left out."""
    if name not in known:
        known[name] = distribution(name)
        for text in known[name].requires or []:
            need = Requirement(text)
            if need.marker is None or need.marker.evaluate({"extra": ""}):
                required(need.name.lower().replace("_", "-"), known)
    return known


def size(found: Distribution) -> int:
    """Sum the bytes of the files an installer listed, compiled ones included."""
    files = [found.locate_file(file) for file in found.files or []]
    return sum(os.path.getsize(str(file)) for file in files if os.path.exists(str(file)))  # noqa: PTH110, PTH202 - paths as metadata has them


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=15)
    runs: int = parser.parse_args().runs
    print(f"load before: {os.getloadavg()[0]:.2f}; Python {sys.version.split()[0]}; medians of {runs}")
    for words in WAYS.values():
        cpu(words)
    taken: dict[str, list[float]] = {name: [] for name in WAYS}
    for _ in range(runs):
        for name, words in WAYS.items():
            taken[name].append(cpu(words))
    for name, each in taken.items():
        print(f"{name:16} {statistics.median(each):6.1f} ms CPU ({min(each):.1f} to {max(each):.1f})")
    try:
        parts = required("antiphon", {})
    except PackageNotFoundError as missing:
        print(f"size: not measured, {missing} is not installed")
        return
    sizes = {name: size(found) for name, found in parts.items()}
    largest = sorted(sizes, key=lambda name: -sizes[name])[:4]
    listed = ", ".join(f"{name} {sizes[name] / MB:.1f}" for name in largest)
    print(f"installed: {sum(sizes.values()) / MB:.1f} MB in {len(sizes)} packages; the largest: {listed}")


if __name__ == "__main__":
    main()
