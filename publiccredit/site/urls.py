"""The addresses of the program. Each package brings its own."""

from datetime import date

from django.urls import URLPattern, URLResolver, include, path

from publiccredit.accounts import urls as accounts
from publiccredit.accounts.types import ProposalTerm
from publiccredit.catalogue import queries as catalogue
from publiccredit.site import api_description, help_pages, office_start, pages


def departments() -> tuple[tuple[str, str], ...]:
    """Give the departments an account may belong to, by code and name."""
    return tuple((d.code, d.name) for d in catalogue.departments())


def term(on: date) -> ProposalTerm:
    """Give how long the proposal of a right waits for its answer, by the rules of a day."""
    return catalogue.grant_term(on=on)


SITE: list[URLPattern | URLResolver] = [
    path("health", pages.health, name="health"),
    path("favicon.ico", pages.icon, name="icon"),
    path("about/", pages.about, name="about"),
    path("rights/", pages.rights, name="rights"),
    path("accessibility/", pages.accessibility, name="accessibility"),
    path("help/", help_pages.help_page, name="help"),
    path("help/<str:name>/", help_pages.guide, name="guide"),
    path("desk/", pages.desk, name="desk"),
    path("start/", office_start.start, name="office_start"),
    path("type-size/", pages.choose_type_size, name="type_size"),
    path("api/", api_description.page, name="api_page"),
    path("api/schema", api_description.schema, name="api_schema"),
    path("api/try/<str:name>", api_description.ask, name="api_ask"),
]

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include((SITE, "site"))),
    path("", include("publiccredit.disclosure.urls")),
    path("api/v1/", include("publiccredit.disclosure.api_urls")),
    path("api/v1/", include("publiccredit.casework.api_urls")),
    path("api/v1/", include("publiccredit.intake.api_urls")),
    path("api/v1/", include("publiccredit.recipients.api_urls")),
    path("recipients/", include("publiccredit.recipients.urls")),
    path("intake/", include("publiccredit.intake.urls")),
    path("severity/", include("publiccredit.casework.severity_urls")),
    path("cases/", include("publiccredit.casework.urls")),
    path("", include("publiccredit.subjectdesk.urls")),
    path("oversight/", include("publiccredit.oversight.urls")),
    path("", include((accounts.addresses(departments=departments, term=term), "accounts"))),
]

handler400 = "publiccredit.site.errors.bad_request"
handler403 = "publiccredit.site.errors.forbidden"
handler404 = "publiccredit.site.errors.not_found"
handler500 = "publiccredit.site.errors.failed"
