"""What programs read of the log: the same in every language. The page for people: actions.urls."""

from django.urls import path

from plaidoyer.actions.ledger import views

app_name = "ledger"
urlpatterns = [
    path("actions/<slug:public_id>/count", views.count, name="count"),
    path("ledger/key", views.key, name="key"),
    path("ledger/verify.py", views.program, name="program"),
    path("ledger/<slug:public_id>/checkpoint", views.checkpoint, name="checkpoint"),
    path("ledger/<slug:public_id>/checkpoints", views.checkpoints, name="checkpoints"),
    path("ledger/<slug:public_id>/entries/<int:number>", views.entries, name="entries"),
]
