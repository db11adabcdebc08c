from django.apps import AppConfig


class OversightConfig(AppConfig):
    name = "publiccredit.oversight"
    label = "oversight"
    verbose_name = "监督"
    default_auto_field = "django.db.models.BigAutoField"
