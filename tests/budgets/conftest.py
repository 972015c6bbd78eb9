"""The world of the door table, built anew for this folder."""

from tests.access.conftest import _quiet, built, world

__all__ = ["_quiet", "built", "world"]
