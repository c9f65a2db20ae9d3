from django.urls import path

from plaidoyer.mail.inbound.webhooks import webhook

app_name = "mail_hooks"
urlpatterns = [path("hooks/mail/<slug:provider>/<slug:what>/", webhook, name="webhook")]
