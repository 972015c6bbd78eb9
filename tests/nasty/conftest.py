"""What the nasty corpus needs."""

from datetime import date

import pytest
from django.utils.timezone import localdate


@pytest.fixture
def today() -> date:
    return localdate()
