"""The addresses of the liaison's desk."""

from django.urls import path

from publiccredit.intake.pages import declarations, progress, results, sending

app_name = "intake"
urlpatterns = [
    path("", sending.desk_page, name="desk"),
    path("nil-return/", declarations.nil_return, name="nil_return"),
    path("documents/", declarations.documents, name="documents"),
    path("records/<int:record_id>/document/", declarations.record_document, name="record_document"),
    path("templates/<path:name>.xlsx", sending.template, name="template"),
    path("submissions/", results.submissions, name="submissions"),
    path("submissions/<int:submission_id>/", results.submission, name="submission"),
    path("submissions/<int:submission_id>/progress/", progress.progress, name="progress"),
    path("submissions/<int:submission_id>/issues/<str:code>/", results.issues, name="issues"),
    path("submissions/<int:submission_id>/rows/<str:kind>/", results.rows, name="rows"),
    path("submissions/<int:submission_id>/annotated.xlsx", results.annotated, name="annotated"),
    path("submissions/<int:submission_id>/service/", declarations.declare_service, name="declare_service"),
    path("submissions/<int:submission_id>/confirm/", sending.confirm_issues, name="confirm_issues"),
]
