"""Bring the pages and schemas made from the packs up to date, or say which are stale."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from publiccredit.catalogue import queries
from publiccredit.catalogue.generation import stale_files, write_files

ROOT = Path(__file__).resolve().parents[4]


class Command(BaseCommand):
    help = "依 packs/ 生成 docs/ 中的目录、术语表、疑问说明和 JSON Schema"
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--check", action="store_true", help="只检查是否过期，过期时以 1 退出")

    def handle(self, *_args: Any, **options: Any) -> None:
        packs = queries.packs()
        if not options["check"]:
            for path in write_files(packs, root=ROOT):
                self.stdout.write(path)
            return
        stale = stale_files(packs, root=ROOT)
        if stale:
            message = "下列文件已过期，请运行 python manage.py generate_docs:\n" + "\n".join(stale)
            raise CommandError(message)
