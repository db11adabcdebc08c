"""The addresses of recipients and of what a person has to tell them."""

from django.urls import path

from publiccredit.recipients import adverse_use_pages, notice_pages, pages

app_name = "recipients"
urlpatterns = [
    path("", pages.recipients, name="list"),
    path("new/", pages.register, name="register"),
    path("<int:recipient_id>/", pages.recipient, name="recipient"),
    path("<int:recipient_id>/change/", pages.change, name="change"),
    path("<int:recipient_id>/close/", pages.close, name="close"),
    path("<int:recipient_id>/reopen/", pages.reopen, name="reopen"),
    path("<int:recipient_id>/tokens/", pages.issue_token, name="issue_token"),
    path("<int:recipient_id>/adverse-uses/", adverse_use_pages.adverse_uses, name="adverse_uses"),
    path("<int:recipient_id>/adverse-uses/<int:use_id>/", adverse_use_pages.adverse_use, name="adverse_use"),
    path("<int:recipient_id>/key/", pages.renew_key, name="renew_key"),
    path("proposals/<int:proposal_id>/collect/", pages.collect, name="collect"),
    path("tokens/<int:token_id>/revoke/", pages.revoke_token, name="revoke_token"),
    path("notices/", notice_pages.escalated, name="escalated"),
    path("notices/<int:notice_id>/", notice_pages.notice, name="notice"),
    path("notices/<int:notice_id>/confirm/", notice_pages.confirm, name="confirm"),
]
