"""Sign-in by account name and password; the person is loaded with the account."""

from typing import Any

from django.contrib.auth.backends import BaseBackend
from django.http import HttpRequest

from accounts.users.models import User
from core.prepared import Prepared

_account = Prepared(lambda pk: User.objects.select_related("person", "district", "office").filter(pk=pk, is_active=True))


class PersonBackend(BaseBackend):
    """As Django's own, without groups and permissions: what a user may do follows from the role."""

    def authenticate(
        self, request: HttpRequest | None, username: str | None = None, password: str | None = None, **kwargs: Any
    ) -> User | None:
        """The active account, or None after equal work for known and unknown names.

        A right password on an account that is off sets `request.account_is_off`: only its owner learns that it is off.
        """
        if username is None or password is None:
            return None
        user = User.objects.select_related("person", "district").filter(username=username).first()
        if user is None:
            User().set_password(password)
            return None
        if not user.check_password(password):
            return None
        if not user.is_active:
            if request is not None:
                request.account_is_off = True  # type: ignore[attr-defined]
            return None
        return user

    def get_user(self, user_id: Any) -> User | None:
        """The account of a session, if it is still active; one query with person, district and office."""
        return next(iter(_account(pk=int(user_id))), None)
