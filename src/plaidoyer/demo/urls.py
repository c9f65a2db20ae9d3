from django.urls import path

from plaidoyer.demo import views

app_name = "demo"
urlpatterns = [
    path("mail/", views.mails, name="mails"),
    path("mail/<int:key>/", views.mail, name="mail"),
    path("mail/<int:key>/html/", views.html, name="html"),
]
