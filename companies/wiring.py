"""What this app hands to the apps below and to its own register when it starts; each feature has a `connect` of its own."""

from importlib import import_module
from importlib.util import find_spec

from accounts.inbox.slots import register_companies
from companies.recognitions import panels
from companies.register.models import Company

FEATURES = ("register", "evidence", "figures", "recognitions", "assignments", "corrections", "imports")


def connect() -> None:
    """Called once by the app registry."""
    register_companies(Company.objects.visible_to)
    for feature in FEATURES:
        name = f"companies.{feature}.wiring"
        if find_spec(name):
            import_module(name).connect()
    panels.connect()
