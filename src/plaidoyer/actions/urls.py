from django.urls import include, path

from plaidoyer.actions import views
from plaidoyer.actions.kinds import KINDS

app_name = "actions"
urlpatterns = [
    path("actions/<slug:public_id>/", views.act, name="act"),
    path("actions/<slug:public_id>/thanks/", views.thanks, name="thanks"),
    path("confirmation/<str:token>/", views.confirmation, name="confirmation"),
    path("withdrawal/<str:token>/", views.withdrawal, name="withdrawal"),
    *(
        path(f"actions/<slug:public_id>/{kind.name}/", include((kind.urls, kind.name)))
        for kind in KINDS.values()
        if kind.urls
    ),
]
