from typing import Any

from django.urls import URLPattern, path
from wagtail import hooks
from wagtail.admin.auth import require_admin_access

from plaidoyer.evidence import views


@hooks.register("register_admin_urls")
def screens() -> list[URLPattern]:
    seen: Any = require_admin_access
    return [
        path("evidence/dead/", seen(views.dead), name="evidence_dead"),
        path("evidence/copies/<uuid:uid>/", seen(views.copy), name="evidence_copy"),
    ]
