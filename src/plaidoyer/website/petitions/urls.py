from django.urls import path

from plaidoyer.website.petitions import views

app_name = "petitions"
urlpatterns = [
    path("official-petitions/<slug:public_id>/", views.petition, name="petition"),
    path("deadlines/<slug:slug>.ics", views.campaign_feed, name="campaign_feed"),
    path("deadlines/own/<str:token>.ics", views.own_feed, name="own_feed"),
]
