from django.apps import AppConfig


class MatchingConfig(AppConfig):
    name = "publiccredit.matching"
    label = "matching"
    verbose_name = "主体匹配"
    default_auto_field = "django.db.models.BigAutoField"
