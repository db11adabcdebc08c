"""The addresses recipients' programs call, below /api/v1/."""

from django.urls import path

from publiccredit.recipients import api

app_name = "recipients_api"
urlpatterns = [
    path("notices", api.NoticesView.as_view(), name="notices"),
    path("notices/<uuid:delivery_id>/acknowledge", api.AcknowledgeView.as_view(), name="acknowledge"),
]
