"""The addresses of oversight."""

from django.urls import path

from publiccredit.oversight import ledger_pages, look_pages, pages, review_pages, start_page

app_name = "oversight"
urlpatterns = [
    path("", pages.board, name="board"),
    path("start/", start_page.start, name="start"),
    path("departments/<str:code>/", pages.department, name="department"),
    path("late/", pages.late, name="late"),
    path("looks/<int:subject_id>/", look_pages.looks, name="looks"),
    path("questions/", review_pages.questions, name="questions"),
    path("questions/judged/", review_pages.judged, name="judged"),
    path("questions/<int:question_id>/", review_pages.question, name="question"),
    path("questions/<int:question_id>/reopen/", review_pages.reopen, name="reopen"),
    path("ledger/", ledger_pages.entries, name="ledger"),
    path("ledger/verification/", ledger_pages.verification, name="ledger_verification"),
    path("ledger/<int:position>/", ledger_pages.entry, name="ledger_entry"),
    path("ledger/<int:position>/entry.json", ledger_pages.entry_file, name="ledger_entry_file"),
    path("ledger/head.json", ledger_pages.head, name="ledger_head"),
]
