from django.urls import path

from plaidoyer.newsletters import views

app_name = "newsletters"
urlpatterns = [path("u/<token>/", views.unsubscribe, name="unsubscribe")]
