"""The addresses of casework."""

from django.urls import path

from publiccredit.casework.pages import (
    case_page,
    desks,
    figures,
    guidance,
    letter_pages,
    opening,
    paper_pages,
    relation,
)

app_name = "casework"
urlpatterns = [
    path("", desks.desk_page, name="desk"),
    path("new/", opening.open_page, name="open"),
    path("guidance/", guidance.guidance_page, name="guidance"),
    path("letters/", letter_pages.several, name="letters"),
    path("statistics/", figures.figures_page, name="figures"),
    path("statistics/statistics.csv", figures.figures_file, name="figures_file"),
    path("notices/<int:record_id>/", letter_pages.notice, name="notice"),
    path("notices/<int:record_id>/notice.pdf", letter_pages.notice_pdf, name="notice_pdf"),
    path("<int:case_id>/", case_page.case_page, name="case"),
    path("<int:case_id>/relation/", relation.relation_page, name="relation"),
    path("<int:case_id>/papers/<int:paper_id>/", paper_pages.paper, name="paper"),
    path("<int:case_id>/letters/<int:letter_id>/", letter_pages.letter, name="letter"),
    path("<int:case_id>/letters/<int:letter_id>/letter.pdf", letter_pages.letter_pdf, name="letter_pdf"),
]
