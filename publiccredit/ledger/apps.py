from django.apps import AppConfig


class LedgerConfig(AppConfig):
    name = "publiccredit.ledger"
    label = "ledger"
    verbose_name = "留痕"
    default_auto_field = "django.db.models.BigAutoField"
