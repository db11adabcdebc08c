"""The addresses under which a department corrects how severe its decisions are held to be."""

from django.urls import path

from publiccredit.casework.pages import severity

app_name = "severity"
urlpatterns = [
    path("", severity.records, name="records"),
    path("<int:record_id>/", severity.record, name="record"),
]
