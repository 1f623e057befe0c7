from django.apps import AppConfig
from django.core import checks
from django.db.models.signals import post_migrate, pre_migrate


class DiversionConfig(AppConfig):
    name = "diversion"

    def ready(self) -> None:
        from diversion.accounts.second_factor import check_that_it_is_required
        from diversion.data_use import check_every_field_is_declared
        from diversion.postgres import at_once, grants

        checks.register(check_every_field_is_declared)
        checks.register(check_that_it_is_required, deploy=True)
        pre_migrate.connect(at_once.before_migrate, dispatch_uid="diversion.at_once")
        post_migrate.connect(grants.after_migrate, dispatch_uid="diversion.grants")
