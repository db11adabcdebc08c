"""The addresses of what everybody may see."""

from django.urls import path

from publiccredit.disclosure.pages import (
    catalogue_pages,
    crawlers,
    department_pages,
    home,
    record_list,
    record_page,
    search_page,
    subject_page,
)

app_name = "disclosure"
urlpatterns = [
    path("", home.home, name="home"),
    path("search/", search_page.search_page, name="search"),
    path("subjects/<str:identifier>/", subject_page.subject_page, name="subject"),
    path("records/", record_list.records_page, name="records"),
    path("records/<int:record_id>/", record_page.record_page, name="record"),
    path("departments/", department_pages.departments, name="departments"),
    path("departments/<str:code>/", department_pages.department, name="department"),
    path("catalogue/", catalogue_pages.catalogue, name="catalogue"),
    path("catalogue/record-types/<str:name>/", catalogue_pages.record_type, name="record_type"),
    path("catalogue/<str:edition>/<str:code>/", catalogue_pages.item, name="item"),
    path("glossary/", catalogue_pages.glossary, name="glossary"),
    path("robots.txt", crawlers.robots, name="robots"),
    path("sitemap.xml", crawlers.sitemap, name="sitemap"),
]
