from django.apps import AppConfig

from publiccredit.site import api_words, form_words


class SiteConfig(AppConfig):
    name = "publiccredit.site"
    label = "site"
    verbose_name = "平台"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Give forms and the interface our words, before any module with a field: it takes its words as it is made."""
        form_words.speak_plainly()
        api_words.speak_plainly()
