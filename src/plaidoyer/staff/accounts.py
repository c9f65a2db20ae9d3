"""Accounts in the back office: who administers them gives roles, and never all rights at once."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from wagtail.users.forms import UserCreationForm, UserEditForm
from wagtail.users.views.users import EditView, UserViewSet


class OneMachineOnly:
    """All rights at once are given and taken on the machine, by `plaidoyer manage`."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if field := self.fields.get("is_superuser"):  # type: ignore[attr-defined]
            field.disabled = True
            field.help_text = _("Given on the machine only: plaidoyer manage createsuperuser.")


class NewAccount(OneMachineOnly, UserCreationForm):
    pass


class Account(OneMachineOnly, UserEditForm):
    pass


class EditAccount(EditView):
    """Somebody who has all rights is changed by somebody who has them, too."""

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        if self.object.is_superuser and not request.user.is_superuser:
            raise PermissionDenied


class Accounts(UserViewSet):
    edit_view_class = EditAccount

    def get_form_class(self, for_update: bool = False) -> Any:
        return Account if for_update else NewAccount
