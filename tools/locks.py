"""Resolves the dependencies of pyproject.toml and rewrites the hash locks; `./run lock` calls it.

What stands in a lock stays unless `--upgrade` is given. No lock names a registry: each site installs from its own mirror.
"""

import argparse
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
OPTIONS = ["--quiet", "--universal", "--python-version", "3.12", "--generate-hashes", "--no-header", "--no-annotate"]
# in this order: the developer's tools are resolved around what the product runs on
LOCKS = {
    "runtime.lock": ["pyproject.toml"],
    "dev.lock": ["pyproject.toml", "--group", "dev", "--constraints", "runtime.lock"],
    "node.lock": ["--group", "node"],
    "installer.lock": ["--group", "installer"],
}


def main() -> int:
    """Write every lock; the status of the first that could not be resolved."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--upgrade", action="store_true", help="take newer versions where the project allows them")
    upgrade = ["--upgrade"] if parser.parse_args().upgrade else []
    for lock, sources in LOCKS.items():
        uv = str(Path(sys.executable).parent / "uv")
        command = [uv, "pip", "compile", *OPTIONS, *upgrade, *sources, "--output-file", lock]
        status = subprocess.run(command, cwd=ROOT, stdin=subprocess.DEVNULL, check=False).returncode
        if status:
            return status
        print(f"{lock}: {(ROOT / lock).read_text().count('==')} packages")
    return 0


if __name__ == "__main__":
    sys.exit(main())
