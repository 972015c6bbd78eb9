"""Every package is bound by its hash, and no lock names a registry (SF-L1)."""

import json
import re

import pytest

from tests.house.files import ROOT

LOCKS = ["runtime.lock", "dev.lock", "node.lock", "installer.lock"]


def requirements(text: str) -> list[str]:
    """The requirements of a lock, each on one line."""
    return [line for line in text.replace("\\\n", " ").splitlines() if line.strip() and not line.lstrip().startswith("#")]


@pytest.mark.parametrize("name", LOCKS)
def test_a_lock_pins_every_package_with_its_hash(name: str) -> None:
    lines = requirements((ROOT / name).read_text("utf-8"))
    assert lines
    loose = [line.split()[0] for line in lines if not re.match(r"[\w.-]+(\[[\w,-]+\])?==[\w.!+]+ ", line) or "--hash=sha256:" not in line]
    assert loose == []


@pytest.mark.parametrize("name", [*LOCKS, "package-lock.json", "package.json", "pyproject.toml"])
def test_no_lock_names_an_address(name: str) -> None:
    text = (ROOT / name).read_text("utf-8")
    assert re.findall(r"\w+://\S+|--(?:extra-)?index-url|--find-links|--trusted-host", text) == []


def test_a_line_without_a_hash_is_seen() -> None:
    assert requirements("a==1 \\\n    --hash=sha256:00\n# note\nb==2\n") == ["a==1      --hash=sha256:00", "b==2"]


def test_what_comes_through_npm_carries_its_hash_and_no_address() -> None:
    packages = json.loads((ROOT / "package-lock.json").read_text("utf-8"))["packages"]
    fetched = {name: package for name, package in packages.items() if name}
    assert set(fetched) == {"node_modules/@expo-google-fonts/noto-sans-sc"}
    for package in fetched.values():
        assert package["integrity"].startswith("sha512-")
        assert "resolved" not in package


def test_the_lock_of_the_developers_holds_what_the_product_runs_on() -> None:
    pinned = {name: {line.split()[0] for line in requirements((ROOT / name).read_text("utf-8"))} for name in LOCKS}
    assert pinned["runtime.lock"] <= pinned["dev.lock"]
