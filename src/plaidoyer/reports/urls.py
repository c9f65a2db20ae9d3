from django.urls import path

from plaidoyer.reports import feeds, views

app_name = "reports"
urlpatterns = [
    path("reports/", views.index, name="index"),
    path("reports/feed.atom", feeds.reports, name="feed"),
    path("reports/<slug:slug>/", views.edition, name="edition"),
    path("reports/<slug:slug>/<slug:campaign>/", views.item, name="item"),
    path("reports/<slug:slug>/<slug:campaign>/share.png", views.share_item, name="share_item"),
    path("reports/<slug:slug>/charts/<str:name>", views.chart, name="chart"),
    path("reports/<slug:slug>/pictures/<str:name>", views.picture, name="picture"),
    path("reports/<slug:slug>/share.png", views.share, name="share"),
    path("reports/<slug:slug>/figures.json", views.figures_json, name="figures_json"),
    path("reports/<slug:slug>/figures.csv", views.figures_csv, name="figures_csv"),
    path("reports/<slug:slug>/<slug:name>-<slug:language>.pdf", views.pdf, name="pdf"),
    path(
        "reports/<slug:slug>/original/<slug:name>-<slug:language>.pdf",
        views.original,
        name="original",
    ),
]
