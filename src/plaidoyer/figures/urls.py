from django.urls import path

from plaidoyer.figures import views

app_name = "figures"
urlpatterns = [
    path("figures/", views.index, name="index"),
    path("figures/<slug:name>/", views.figure, name="figure"),
    path("figures/<slug:name>.json", views.machine, name="machine"),
    path("figures/<slug:name>.csv", views.table, name="table"),
]
