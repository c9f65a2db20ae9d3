from django.urls import path

from plaidoyer.delivery.mailboxes import views

app_name = "mailboxes"
urlpatterns = [
    path("letters/relay/", views.relay, name="relay"),
    path("letters/mailbox/<str:token>/", views.office, name="office"),
    path("letters/mailbox/<str:token>/yes/", views.agree, name="agree"),
]
