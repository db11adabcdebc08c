"""The addresses of the program. Each package brings its own."""

from django.urls import URLPattern, URLResolver, path

from publiccredit.site import pages

urlpatterns: list[URLPattern | URLResolver] = [
    path("health", pages.health, name="health"),
]
