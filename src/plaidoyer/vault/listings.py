"""Lists of the back office whose rows are sealed: they find whole addresses only.

An address is made into its mark before the list is asked (static/vault/search.js): it stands in no
address of a page, and so in no history and no log.
"""

import re

from django.db.models import Q, QuerySet
from django.urls import reverse
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
        form = SearchForm(self.request.GET or None, placeholder=placeholder)
        form.fields["q"].widget.attrs["data-mark-url"] = reverse("vault_mark")
        return form

    def search_queryset(self, queryset: QuerySet) -> QuerySet:
        if not self.is_searching:
            return queryset
        said, found = self.search_query.strip(), Q()
        is_mark = re.fullmatch(rf"[0-9a-f]{{{marks.LENGTH}}}", said)
        for field in self.search_fields:
            if field.rpartition("__")[2] == "mark":
                found |= Q(**{field: said if is_mark else marks.address(said)})
            elif not is_mark:
                found |= Q(**{f"{field}__icontains": said})
        return queryset.filter(found).distinct()
