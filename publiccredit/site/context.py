"""What every page knows."""

from django.conf import settings
from django.http import HttpRequest


def site(request: HttpRequest) -> dict[str, object]:
    """Give every template the demonstration banner and the reader's large-type choice."""
    return {"demo": settings.DEMO, "large_type": request.COOKIES.get("large_type") == "1"}
