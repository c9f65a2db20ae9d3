"""Topics in the back office: what readers may choose among."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms import WagtailAdminModelForm
from wagtail.admin.panels import FieldPanel, ObjectList
from wagtail.admin.ui.tables import Column, DateColumn

from plaidoyer.lib.desk import Desk
from plaidoyer.newsletters.topics.models import Topic


class TopicForm(WagtailAdminModelForm):
    """A topic; its short name stands in consents, so it never changes once it is there."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].disabled = bool(self.instance.pk)


class TopicDesk(Desk):
    model = Topic
    name = "topics"
    icon = "tag"
    menu_label = _("Topics")
    add_to_admin_menu = False
    list_display = [
        "__str__",
        Column("code", label=_("Short name"), sort_key="code"),
        Column("position", label=_("Place in the list"), sort_key="position"),
        DateColumn("retired_at", label=_("Retired"), sort_key="retired_at"),
    ]
    search_fields = ["name", "code"]
    search_backend_name = None
    ordering = ["position", "code"]
    edit_handler = ObjectList(
        [
            FieldPanel("name"),
            FieldPanel("description"),
            FieldPanel(
                "code",
                help_text=_("Stands in the proof of each consent, so it cannot be changed later."),
            ),
            FieldPanel("position"),
            FieldPanel(
                "retired_at",
                help_text=_("From then on it is offered to nobody; what was agreed to is kept."),
            ),
        ],
        base_form_class=TopicForm,
    )
