"""Makes .venv hold exactly what the hash locks name, and fetches the faces of the PDF reports; `./run` calls it.

Runs on the interpreter found on the machine, before anything is installed: standard library only.
"""

import argparse
import contextlib
import fcntl
import os
import platform
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
STAMP = VENV / "tidu.stamp"
VAR = ROOT / "var"
FONTS = VAR / "vendor" / "fonts"
FONT_PACKAGE = "node_modules/@expo-google-fonts/noto-sans-sc"
FONT_FILES = {
    "400Regular/NotoSansSC_400Regular.ttf": "NotoSansSC_400Regular.ttf",
    "700Bold/NotoSansSC_700Bold.ttf": "NotoSansSC_700Bold.ttf",
    "LICENSE_FONT": "LICENSE_FONT",
}
PIP = [str(PYTHON), "-m", "pip", "--disable-pip-version-check", "--quiet", "--quiet", "--no-input"]


class NotPrepared(Exception):
    """What could not be made, in one line, with what to do about it."""


def run(*command: str, **options: object) -> bool:
    """Run `command` without input; True when it succeeded."""
    try:
        return subprocess.run(command, stdin=subprocess.DEVNULL, check=False, **options).returncode == 0  # type: ignore[call-overload]
    except OSError:
        return False


def quietly(*command: str) -> bool:
    """Like `run`, with nothing printed."""
    return run(*command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


@contextlib.contextmanager
def only_one() -> Iterator[None]:
    """Hold the lock of this checkout; the kernel lets go of it when its holder dies, however it dies."""
    VAR.mkdir(exist_ok=True)
    with (VAR / "environment.lock").open("w") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            print("Another ./run is making the environment; waiting for it.", flush=True)
            fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def virtual_environment() -> None:
    """A .venv with pip on a Python new enough; a half-made or outdated one is made again."""
    if quietly(str(PYTHON), "-c", "import sys, pip; sys.exit(sys.version_info < (3, 12))"):
        return
    if not run(sys.executable, "-m", "venv", "--clear", str(VENV)):
        version = ".".join(platform.python_version_tuple()[:2])
        raise NotPrepared(f"no virtual environment could be made; on Debian or Ubuntu: apt-get install -y python{version}-venv")


def packages(lock: str) -> None:
    """.venv holds exactly the packages of `lock`: by uv where it can be had, else by pip, which is slower; hashes bind both."""
    uv = VENV / "bin" / "uv"
    if run(*PIP, "install", "--require-hashes", "-r", "installer.lock") and run(
        str(uv), "pip", "sync", "--quiet", "--python", str(PYTHON), "--require-hashes", lock
    ):
        return
    print("uv could not install; trying pip.", flush=True)
    if not run(*PIP, "install", "--require-hashes", "-r", lock):
        raise NotPrepared(f"the packages of {lock} could not be installed; is the package index reachable?")


def npm_commands() -> Iterator[str]:
    """The npm of the machine when there is one, then the one of node.lock, installed when asked for."""
    found = shutil.which("npm")
    if found and quietly(found, "--version"):
        yield found
    print("Installing node for the one package that comes through npm.", flush=True)
    if run(*PIP, "install", "--require-hashes", "-r", "node.lock"):
        yield str(VENV / "bin" / "npm")


def fonts() -> None:
    """The two faces of the reports and their licence, of the version and hash in package-lock.json, in var/vendor/fonts."""
    wanted = (ROOT / "package-lock.json").read_bytes()
    marker = FONTS / "package-lock.json"
    if all((FONTS / name).is_file() for name in FONT_FILES.values()) and marker.is_file() and marker.read_bytes() == wanted:
        return
    work = VAR / "npm"
    path = f"{VENV / 'bin'}{os.pathsep}{os.environ.get('PATH', os.defpath)}"
    for npm in npm_commands():
        shutil.rmtree(work, ignore_errors=True)
        work.mkdir(parents=True)
        for name in ("package.json", "package-lock.json"):
            shutil.copy(ROOT / name, work)
        options = ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
        if run(npm, *options, cwd=work, env={**os.environ, "PATH": path}, stdout=subprocess.DEVNULL):
            break
    else:
        raise NotPrepared("the font of the PDF reports could not be fetched; is the npm registry reachable?")
    FONTS.mkdir(parents=True, exist_ok=True)
    for source, name in FONT_FILES.items():
        shutil.copyfile(work / FONT_PACKAGE / source, FONTS / f"{name}.part")
        (FONTS / f"{name}.part").replace(FONTS / name)
    marker.write_bytes(wanted)
    shutil.rmtree(work)


def prepare(purpose: str, total: str) -> None:
    """Make the environment for `purpose`, runtime or dev; `total` is the checksum of the locks it was asked for."""
    done = [f"{total} dev"] if purpose == "dev" else [f"{total} dev", f"{total} runtime"]
    stamped = STAMP.is_file() and STAMP.read_text().strip() in done and PYTHON.exists()
    if stamped and all((FONTS / name).is_file() for name in FONT_FILES.values()):
        return  # another ./run has done it meanwhile
    if purpose == "runtime" and STAMP.is_file() and STAMP.read_text().strip().endswith("dev"):
        purpose = "dev"  # the developer's tools stay
    print(f"Making the environment in .venv with Python {platform.python_version()} ({sys.executable}).", flush=True)
    STAMP.unlink(missing_ok=True)
    virtual_environment()
    fonts()
    packages(f"{purpose}.lock")
    part = STAMP.with_suffix(".part")
    part.write_text(f"{total} {purpose}\n")
    part.replace(STAMP)


def main() -> int:
    """Read the arguments, prepare; 0 when the environment is ready."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--for", dest="purpose", choices=["runtime", "dev"], required=True)
    parser.add_argument("--sum", dest="total", required=True)
    arguments = parser.parse_args()
    os.chdir(ROOT)
    try:
        with only_one():
            prepare(arguments.purpose, arguments.total)
    except NotPrepared as error:
        print(f"./run: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("./run: interrupted; the next start goes on from here.", file=sys.stderr)
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
