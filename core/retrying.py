"""A transaction the database broke off so that another one could pass is begun again, at most three times."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.db import OperationalError, connection

MOST = 3
# PostgreSQL: serialization_failure, deadlock_detected; SQLite has one writer and knows neither
LET_PASS = {"40001", "40P01"}


def was_let_go(error: OperationalError) -> bool:
    """Whether nothing is wrong but the moment: another transaction was let pass, and nothing of this one is left."""
    return getattr(error.__cause__, "sqlstate", "") in LET_PASS


def retried[**P, R](service: Callable[P, R]) -> Callable[P, R]:
    """For a service that is one transaction and does nothing outside the database; goes around `transaction.atomic`.

    Inside another transaction it does nothing: the outermost one is begun again, or nobody.
    """

    @wraps(service)
    def call(*args: P.args, **kwargs: P.kwargs) -> Any:
        tries = 1 if connection.in_atomic_block else 1 + MOST
        while True:
            tries -= 1
            try:
                return service(*args, **kwargs)
            except OperationalError as error:
                if not tries or not was_let_go(error):
                    raise

    return call
