"""The address of casework's public figures, below /api/v1/."""

from django.urls import path

from publiccredit.casework import api

app_name = "casework_api"
urlpatterns = [path("case-statistics", api.StatisticsView.as_view(), name="statistics")]
