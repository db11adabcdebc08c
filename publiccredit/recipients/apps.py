from django.apps import AppConfig


class RecipientsConfig(AppConfig):
    """Registers the package with Django."""

    name = "publiccredit.recipients"
    verbose_name = "接收方"
