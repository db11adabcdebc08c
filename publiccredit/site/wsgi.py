"""The program as a WSGI application."""

import os

from django.core.wsgi import get_wsgi_application

from publiccredit.site.processes import end_with_parent

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "publiccredit.site.settings")
if parent := os.environ.get("PUBLICCREDIT_WEB_PROCESS"):
    end_with_parent(parent=int(parent))
application = get_wsgi_application()
