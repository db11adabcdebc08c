from django.apps import AppConfig


class SubjectsConfig(AppConfig):
    name = "publiccredit.subjects"
    label = "subjects"
    verbose_name = "主体档案"
    default_auto_field = "django.db.models.BigAutoField"
