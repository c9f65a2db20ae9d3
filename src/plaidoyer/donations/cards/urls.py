from django.urls import path

from plaidoyer.donations.cards import views

urlpatterns = [path("donations/stripe/", views.webhook, name="stripe_webhook")]
