from django.urls import path

from plaidoyer.reports import views

app_name = "reports"
urlpatterns = [
    path("reports/", views.index, name="index"),
    path("reports/<slug:slug>/", views.edition, name="edition"),
    path("reports/<slug:slug>/chart.svg", views.chart, {"key": "svg"}, name="chart"),
    path("reports/<slug:slug>/chart-dark.svg", views.chart, {"key": "svg_dark"}, name="chart-dark"),
    path("reports/<slug:slug>/<slug:name>-<slug:language>.pdf", views.pdf, name="pdf"),
]
