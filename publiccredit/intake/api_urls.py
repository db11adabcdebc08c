"""The addresses of submissions by program, below /api/v1/."""

from django.urls import path

from publiccredit.intake import api

app_name = "intake_api"
urlpatterns = [
    path("submissions", api.SubmissionsView.as_view(), name="submissions"),
    path("submissions/<str:submission_id>", api.SubmissionView.as_view(), name="submission"),
]
