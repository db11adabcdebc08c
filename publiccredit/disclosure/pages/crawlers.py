"""What search engines are told: where they may go, and the pages without a word against anybody (DP-12)."""

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.html import escape
from django.views.decorators.http import require_safe

from publiccredit.accounts.access import EVERYBODY, open_to
from publiccredit.catalogue import queries as catalogue

# Pages of subjects and records are not disallowed: a crawler must read their noindex to obey it.
ROBOTS = """User-agent: *
Disallow: /search/
Disallow: /records/?
Disallow: /desk/
Disallow: /api/
Sitemap: {sitemap}
"""


@open_to(EVERYBODY)
@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    """Tell crawlers where they may go."""
    text = ROBOTS.format(sitemap=request.build_absolute_uri(reverse("disclosure:sitemap")))
    return HttpResponse(text, content_type="text/plain; charset=utf-8")


@open_to(EVERYBODY)
@require_safe
def sitemap(request: HttpRequest) -> HttpResponse:
    """List the pages about the platform, the catalogue and the departments; no subject and no record."""
    packs = catalogue.packs()
    paths = [
        "/",
        *(reverse(f"site:{name}") for name in ("about", "rights", "accessibility")),
        *(reverse(f"disclosure:{name}") for name in ("departments", "catalogue", "glossary")),
        *(reverse("disclosure:department", args=[d.code]) for d in packs.departments),
        *(reverse("disclosure:item", args=[e.name, i.code]) for e in packs.editions for i in e.items),
        *(reverse("disclosure:record_type", args=[name]) for name in sorted({t.name for t in packs.record_types})),
    ]
    entries = "".join(f"<url><loc>{escape(request.build_absolute_uri(path))}</loc></url>" for path in paths)
    text = (
        '<?xml version="1.0" encoding="UTF-8"?>'
        f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{entries}</urlset>'
    )
    return HttpResponse(text, content_type="application/xml; charset=utf-8")
