from django.urls import path

from plaidoyer.actions import views

app_name = "actions"
urlpatterns = [
    path("actions/<slug:public_id>/", views.act, name="act"),
    path("actions/<slug:public_id>/thanks/", views.thanks, name="thanks"),
    path("confirmation/<str:token>/", views.confirmation, name="confirmation"),
    path("withdrawal/<str:token>/", views.withdrawal, name="withdrawal"),
]
