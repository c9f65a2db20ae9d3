from django.urls import path

from plaidoyer.donations import views
from plaidoyer.donations.cards import views as cards

app_name = "donations"
urlpatterns = [
    path("give/", views.index, name="index"),
    path("give/thanks/<str:token>/", views.thanks, name="thanks"),
    path("give/monthly/", cards.ask_link, name="ask_link"),
    path("give/monthly/<str:token>/", cards.manage, name="manage"),
    path("give/<slug:slug>/", views.fund, name="fund"),
    path("give/<slug:slug>/form.pdf", views.paper, name="paper"),
    path("give/<slug:slug>/challenge/", views.challenge, name="challenge"),
]
