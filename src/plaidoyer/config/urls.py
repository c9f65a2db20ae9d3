"""Every address of the site. Public pages have their language first: /fr/..., /en/..."""

from django.conf import settings
from django.conf.urls.i18n import i18n_patterns
from django.urls import URLPattern, URLResolver, include, path
from django.views.generic import RedirectView
from wagtail import urls as wagtail_urls
from wagtail.admin import urls as wagtailadmin_urls
from wagtail.documents import urls as wagtaildocs_urls

from plaidoyer.api.urls import framed

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("plaidoyer.website.urls")),
    path("admin/login/", RedirectView.as_view(pattern_name="account_login", query_string=True)),
    path("admin/", include(wagtailadmin_urls)),
    path("documents/", include(wagtaildocs_urls)),
    path("", include("plaidoyer.newsletters.urls")),
    path("", include("plaidoyer.mail.urls")),
    path("", include("plaidoyer.donations.cards.urls")),
    path("", include("plaidoyer.api.urls")),
    path("", include("plaidoyer.actions.ledger.urls")),
]
if settings.DEMO_MAILDIR:
    from plaidoyer.demo.views import SecondStep

    urlpatterns += [path("demo/", include("plaidoyer.demo.urls"))]
    # Before the real one.
    step = path("staff/factors/authenticate/", SecondStep.as_view(), name="demo_second_step")
    urlpatterns += i18n_patterns(step)

urlpatterns += i18n_patterns(
    path("staff/", include("plaidoyer.staff.urls")),
    path("", include("plaidoyer.actions.urls")),
    path("", include("plaidoyer.reports.urls")),
    path("", include("plaidoyer.figures.urls")),
    path("", include("plaidoyer.donations.urls")),
    path("", include("plaidoyer.complaints.urls")),
    path("", include("plaidoyer.newsletters.archive")),
    path("", include("plaidoyer.delivery.replies.urls")),
    path("", include("plaidoyer.delivery.mailboxes.urls")),
    path("me/", include("plaidoyer.website.me.urls")),
    path("", include("plaidoyer.website.petitions.urls")),
    path("", include("plaidoyer.website.votes.urls")),
    path("", include(framed)),
    path("", include(wagtail_urls)),
)
