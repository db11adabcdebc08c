"""The addresses recipients' programs call, below /api/v1/."""

from django.urls import path

from publiccredit.recipients import adverse_use_api, api

app_name = "recipients_api"
urlpatterns = [
    path("adverse-uses", adverse_use_api.AdverseUsesView.as_view(), name="adverse_uses"),
    path("notices", api.NoticesView.as_view(), name="notices"),
    path("notices/<uuid:delivery_id>/acknowledge", api.AcknowledgeView.as_view(), name="acknowledge"),
]
