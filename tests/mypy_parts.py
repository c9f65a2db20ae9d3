"""A plugin of mypy: what a sealed document says (vault.fields.Part) may be given to its model.

django-stubs knows columns only; Django itself takes any property that can be set.
"""

from typing import Any

from mypy.types import AnyType, TypeOfAny
from mypy_django_plugin.django.context import DjangoContext
from mypy_django_plugin.main import plugin

known = DjangoContext.get_expected_types


def with_properties(self: DjangoContext, api: Any, model_cls: Any, *, method: str) -> Any:
    settable = {
        name: AnyType(TypeOfAny.explicit)
        for name in model_cls._meta._property_names
        if getattr(getattr(model_cls, name), "fset", None)
    }
    return settable | known(self, api, model_cls, method=method)


DjangoContext.get_expected_types = with_properties  # type: ignore[method-assign]
__all__ = ["plugin"]
