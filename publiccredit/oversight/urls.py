"""The addresses of oversight."""

from django.urls import path

from publiccredit.oversight import ledger_pages

app_name = "oversight"
urlpatterns = [
    path("ledger/", ledger_pages.entries, name="ledger"),
    path("ledger/verification/", ledger_pages.verification, name="ledger_verification"),
    path("ledger/head.json", ledger_pages.head, name="ledger_head"),
]
