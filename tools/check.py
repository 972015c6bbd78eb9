"""Everything that can be said about the code without running its tests; `./run check` calls it. All checks run, then the sum."""

import argparse
import os
import secrets
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ["config", "portal", "cultivation", "policies", "companies", "accounts", "core"]
DEPLOYMENT = {
    "DJANGO_SETTINGS_MODULE": "config.settings.prod",
    "ALLOWED_HOSTS": "tidu.example",
    "SITE_ADDRESS": "https://tidu.example",
}


def templates() -> list[str]:
    """Every template of the project, for the template linter."""
    return sorted(str(path.relative_to(ROOT)) for path in (ROOT / "templates").rglob("*.html"))


def commands() -> dict[str, list[str]]:
    """The checks by name, in the order they run."""
    python = [sys.executable]
    return {
        "lint": [*python, "-m", "ruff", "check", "."],
        "format": [*python, "-m", "ruff", "format", "--check", "."],
        "templates": [str(Path(sys.executable).parent / "djade"), "--target-version", "6.1", "--check", *templates()],
        "layers": [*python, "-c", "import sys; from importlinter.cli import lint_imports_command; sys.exit(lint_imports_command())"],
        "types": [*python, "-m", "mypy", *PACKAGES, "tools"],
        "settings": [*python, "manage.py", "check", "--fail-level", "WARNING"],
        "deployment": [*python, "manage.py", "check", "--deploy", "--fail-level", "WARNING"],
        "migrations": [*python, "manage.py", "makemigrations", "--check", "--dry-run"],
        "translations": [*python, "tools/strings.py", "check"],
    }


def passed(name: str, command: list[str]) -> bool:
    """Run one check and say how it went; what it prints comes before."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    if name == "deployment":
        environment |= DEPLOYMENT | {"SECRET_KEY": secrets.token_urlsafe(60)}
    started = time.monotonic()
    status = subprocess.run(command, cwd=ROOT, env=environment, stdin=subprocess.DEVNULL, check=False).returncode
    print(f"{'ok    ' if status == 0 else 'FAILED'} {name} ({time.monotonic() - started:.1f} s)", flush=True)
    return status == 0


def main() -> int:
    """Run all checks, or those named; 0 when all of them pass."""
    known = commands()
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", metavar="name", help=f"one or more of: {', '.join(known)}")
    chosen = parser.parse_args().names or list(known)
    if unknown := [name for name in chosen if name not in known]:
        parser.error(f"not known: {', '.join(unknown)}; there are {', '.join(known)}")
    failed = [name for name in chosen if not passed(name, known[name])]
    print(f"Failed: {', '.join(failed)}." if failed else "All checks passed.")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
