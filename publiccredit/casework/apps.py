from django.apps import AppConfig


class CaseworkConfig(AppConfig):
    name = "publiccredit.casework"
    label = "casework"
    verbose_name = "案件办理"
    default_auto_field = "django.db.models.BigAutoField"
