from django.urls import path

from plaidoyer.website.votes import views

app_name = "votes"
urlpatterns = [
    path("votes/<slug:public_id>/", views.vote, name="vote"),
    path("votes/<slug:public_id>/mine/", views.mine, name="mine"),
    path("scorecards/", views.scorecard, name="own_scorecard"),
    path("scorecards/scorecard.csv", views.table, name="own_table"),
    path("scorecards/<slug:slug>/", views.scorecard, name="scorecard"),
    path("scorecards/<slug:slug>/scorecard.csv", views.table, name="table"),
]
