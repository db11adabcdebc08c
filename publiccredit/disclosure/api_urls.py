"""The addresses of the public interface, below /api/v1/."""

from django.urls import path

from publiccredit.disclosure import api

app_name = "disclosure_api"
urlpatterns = [
    path("search", api.SearchView.as_view(), name="search"),
    path("subjects/<str:identifier>", api.SubjectView.as_view(), name="subject"),
    path("records/<str:record_id>", api.RecordView.as_view(), name="record"),
    path("catalogue", api.CatalogueView.as_view(), name="catalogue"),
    path("changes", api.ChangesView.as_view(), name="changes"),
]
