from django.apps import AppConfig


class SubjectDeskConfig(AppConfig):
    name = "publiccredit.subjectdesk"
    label = "subjectdesk"
    verbose_name = "主体自助"
    default_auto_field = "django.db.models.BigAutoField"
