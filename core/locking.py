"""Lock a row and read it with its relations, in that order."""

from typing import Any

from django.db import models


def locked[M: models.Model](rows: "models.QuerySet[M]", pk: Any) -> M:
    """The row of this key, locked until the transaction ends, as `rows` (with its `select_related`) reads it once the lock is held.

    In one query PostgreSQL hands out a row that was waited for as it is now, but with the relations it had before. Raises DoesNotExist.
    """
    rows.model._base_manager.select_for_update().values_list("pk", flat=True).get(pk=pk)
    return rows.get(pk=pk)
