"""Rows whose state changes only by their own transitions."""

from typing import Any

from django.db import models


class StateQuerySet(models.QuerySet[Any]):
    """No bulk door to `state`: django-fsm protects the attribute, not the query."""

    def update(self, **changes: Any) -> int:
        """Refuses `state` with TypeError: only a transition of a locked row may change it."""
        if "state" in changes:
            raise TypeError(f"{self.model.__name__}.state changes only through its transitions")
        return super().update(**changes)

    def bulk_update(self, objs: Any, fields: Any, batch_size: int | None = None) -> int:
        """Refuses `state`, as `update` does."""
        if "state" in fields:
            raise TypeError(f"{self.model.__name__}.state changes only through its transitions")
        return super().bulk_update(objs, fields, batch_size=batch_size)
