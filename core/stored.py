"""Words that are stored are the product's own language, whoever wrote them: the next reader may read another."""

from collections.abc import Callable
from functools import wraps

from django.conf import settings
from django.utils import translation


def in_product_language[**P, T](write: Callable[P, T]) -> Callable[P, T]:
    """Decorates what makes words to be stored; refusals are answers to a person and do not belong inside."""

    @wraps(write)
    def written(*args: P.args, **kwargs: P.kwargs) -> T:
        with translation.override(settings.LANGUAGE_CODE):
            return write(*args, **kwargs)

    return written
