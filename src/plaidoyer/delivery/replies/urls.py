from django.urls import path

from plaidoyer.delivery.replies import views

app_name = "replies"
urlpatterns = [
    path("replies/asked/<str:token>/", views.survey, name="survey"),
    path("replies/stop/<str:token>/", views.stop, name="stop"),
    path("replies/<str:token>/", views.reply, name="reply"),
]
