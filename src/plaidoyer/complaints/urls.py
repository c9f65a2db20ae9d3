from django.urls import path

from plaidoyer.complaints import views

app_name = "complaints"
urlpatterns = [
    path("complaints/", views.index, name="index"),
    path("complaints/new/", views.new, name="new"),
    path("complaints/<str:token>/", views.follow, name="follow"),
]
