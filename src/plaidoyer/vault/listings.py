"""Lists of the back office whose rows are sealed: they find whole addresses only."""

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from wagtail.admin.forms.search import SearchForm

from plaidoyer.lib.desk import Listing
from plaidoyer.vault import marks


class SealedListing(Listing):
    """A list whose `search_fields` may name marks: these find the rows of one mail address."""

    def get_search_form(self) -> SearchForm | None:
        if super().get_search_form() is None:
            return None
        placeholder = _("A whole e-mail address: it is kept sealed")
        return SearchForm(self.request.GET or None, placeholder=placeholder)

    def search_queryset(self, queryset: QuerySet) -> QuerySet:
        if not self.is_searching:
            return queryset
        found = Q()
        for field in self.search_fields:
            is_mark = field.rpartition("__")[2] == "mark"
            said = marks.address(self.search_query.strip()) if is_mark else self.search_query
            found |= Q(**{field if is_mark else f"{field}__icontains": said})
        return queryset.filter(found).distinct()
