from django.urls import include, path

from plaidoyer.actions import afterwards, views
from plaidoyer.actions.guards.views import challenge
from plaidoyer.actions.kinds import KINDS
from plaidoyer.actions.ledger import views as ledger

app_name = "actions"
urlpatterns = [
    path("actions/<slug:public_id>/", views.act, name="act"),
    path("actions/<slug:public_id>/challenge/", challenge, name="challenge"),
    path("ledger/<slug:public_id>/", ledger.page, name="ledger"),
    path("confirmation/<str:token>/receipt/", ledger.own, name="receipt"),
    path("for/<str:token>/<slug:public_id>/", views.personal_page, name="personal"),
    path("thanks/<str:token>/", afterwards.thanks, name="thanks"),
    path("confirmation/<str:token>/", views.confirmation, name="confirmation"),
    path("confirmation/<str:token>/link/", afterwards.own_link, name="own_link"),
    path("withdrawal/<str:token>/", views.withdrawal, name="withdrawal"),
    *(
        path(f"actions/<slug:public_id>/{kind.name}/", include((kind.urls, kind.name)))
        for kind in KINDS.values()
        if kind.urls
    ),
]
