"""What recognitions register when the app starts; called by the app's own wiring."""

from accounts.audit import checks
from accounts.decisions import kinds
from companies.recognitions import panels
from companies.recognitions.checks import first_problems, recognition_problems, revocation_problems
from companies.recognitions.kinds import RECOGNITION, REVOCATION


def connect() -> None:
    """Decision kinds, checks, and what the register's pages show."""
    panels.connect()
    kinds.register(RECOGNITION)
    kinds.register(REVOCATION)
    checks.register("recognitions", recognition_problems)
    checks.register("first recognitions", first_problems)
    checks.register("revocations", revocation_problems)
