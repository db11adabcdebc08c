from django.apps import AppConfig


class SiteConfig(AppConfig):
    name = "publiccredit.site"
    label = "site"
    verbose_name = "平台"
    default_auto_field = "django.db.models.BigAutoField"
