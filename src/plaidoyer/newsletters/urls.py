from django.urls import path

from plaidoyer.newsletters import views
from plaidoyer.newsletters.results import redirects
from plaidoyer.newsletters.topics import views as preferences

app_name = "newsletters"
urlpatterns = [
    path("u/<token>/", views.unsubscribe, name="unsubscribe"),
    path("u/<token>/preferences/", preferences.page, name="preferences"),
    path("k/<token>/", redirects.follow, name="click"),
]
