"""The addresses of the subject's desk, and of the counter that serves it."""

from django.urls import path

from publiccredit.subjectdesk.pages import acting, challenging, complaining, copies, counter, desk, letters, proving

app_name = "subjectdesk"
urlpatterns = [
    path("mine/", desk.desk, name="desk"),
    path("mine/log-in/", proving.log_in, name="log_in"),
    path("mine/log-in/letter/", proving.by_letter, name="by_letter"),
    path("mine/log-in/send-code/", proving.send_code, name="send_code"),
    path("mine/log-in/code/", proving.by_code, name="by_code"),
    path("mine/log-in/sign-on/", proving.to_sign_on, name="to_sign_on"),
    path("mine/log-in/sign-on/answer/", proving.from_sign_on, name="from_sign_on"),
    path("mine/leave/", proving.leave, name="leave"),
    path("mine/copy.json", copies.as_json, name="copy_json"),
    path("mine/copy.pdf", copies.as_pdf, name="copy_pdf"),
    path("mine/copy/", copies.as_page, name="copy"),
    path("mine/looks/", desk.looks, name="looks"),
    path("mine/recipients/", desk.recipients, name="recipients"),
    path("mine/handlers/", acting.handlers, name="handlers"),
    path("mine/handlers/<int:handler_id>/revoke/", acting.revoke_handler, name="revoke_handler"),
    path("mine/records/<int:record_id>/", desk.record, name="record"),
    path("mine/records/<int:record_id>/statement/", acting.statement, name="statement"),
    path("mine/records/<int:record_id>/document/", desk.document, name="document"),
    path("mine/records/<int:record_id>/commitment/", desk.commitment, name="commitment"),
    path("mine/records/<int:record_id>/<str:procedure>/", acting.ask, name="ask"),
    path("mine/complaint/", acting.complain, name="complain"),
    path("mine/cases/<int:case_id>/", desk.case, name="case"),
    path("mine/cases/<int:case_id>/letters/<int:letter_id>/", letters.letter, name="letter"),
    path("mine/cases/<int:case_id>/letters/<int:letter_id>/letter.pdf", letters.letter_pdf, name="letter_pdf"),
    path("mine/cases/<int:case_id>/papers/<int:paper_id>/", desk.paper, name="paper"),
    path("mine/cases/<int:case_id>/papers/", acting.add_paper, name="add_paper"),
    path("mine/cases/<int:case_id>/take-back/", acting.take_back, name="take_back"),
    path("mine/cases/<int:case_id>/review/", acting.review, name="review"),
    path("records/<int:record_id>/challenge/", challenging.challenge, name="challenge"),
    path("complaints/", complaining.complain, name="complain_of"),
    path("challenges/", challenging.follow, name="follow_challenge"),
    path("challenges/<int:case_id>/contact/", challenging.contact, name="challenge_contact"),
    path("proofs/", counter.find, name="proofs"),
    path("proofs/outbox/", counter.outbox, name="outbox"),
    path("proofs/outbox/<int:message_id>/", counter.read_out, name="read_out"),
    path("proofs/<str:identifier>/", counter.subject, name="proof"),
    path("proofs/<str:identifier>/contact/", counter.register_contact, name="register_contact"),
    path("proofs/<str:identifier>/letter/", counter.issue_letter, name="issue_letter"),
]
