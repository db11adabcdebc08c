"""The program as a WSGI application."""

import os
from importlib import import_module

from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.db import connection

from publiccredit.site.database import refuse_unfit_server
from publiccredit.site.processes import end_with_parent, wait_until_opened

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "publiccredit.site.settings")
if parent := os.environ.get("PUBLICCREDIT_WEB_PROCESS"):
    end_with_parent(parent=int(parent))
application = get_wsgi_application()
if gate := os.environ.get("PUBLICCREDIT_WEB_GATE"):
    import_module(settings.ROOT_URLCONF)  # not with the first page
    wait_until_opened(gate=int(gate))
if parent is None:  # ``publiccredit serve`` has asked; another server that imports this is a door of its own
    refuse_unfit_server()
    connection.close()  # a server that loads before it forks would share it
