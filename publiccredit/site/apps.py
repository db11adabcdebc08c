from django.apps import AppConfig

from publiccredit.site.form_words import speak_plainly


class SiteConfig(AppConfig):
    name = "publiccredit.site"
    label = "site"
    verbose_name = "平台"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Give forms our words, before any module with a form is imported: a field takes its words as it is made."""
        speak_plainly()
