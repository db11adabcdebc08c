"""Filling in a page's form from the shell: an option for each field, the form's own words where one is wrong."""

from collections.abc import Callable, Collection, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from publiccredit.site.commands.acting import option_of
from publiccredit.site.commands.speaking import ExistingFile, Refused

if TYPE_CHECKING:
    from django import forms

    Form = TypeVar("Form", bound=forms.Form)


def options_of(form: "type[forms.Form]", *, need_not: Collection[str] = ()) -> list[click.Parameter]:
    """Give an option for each field of a form, with its words as help."""
    from django import forms

    return [
        click.Option(
            [option_of(name), name],
            metavar="文件" if isinstance(field, forms.FileField) else "内容",
            type=ExistingFile() if isinstance(field, forms.FileField) else str,
            help=_help(field, must=field.required and name not in need_not),
        )
        for name, field in form.base_fields.items()
    ]


def _help(field: "forms.Field", *, must: bool) -> str:
    choices = "、".join(f"{value}（{title}）" for value, title in getattr(field, "choices", ()))
    parts = (str(field.label), choices, str(field.help_text).rstrip("。"), "必填" if must else "")
    return "。".join(part for part in parts if part) + "。"


def filled(
    make: "Callable[..., Form]",
    given: Mapping[str, str | Path | None],
    *,
    usual: Mapping[str, str] | None = None,
    ignored: Collection[str] = (),
) -> "Form":
    """
    Give a form filled in with what was typed, what usually stands in it standing in the rest.

    :raises Refused: it has no such field, or does not take what was typed; in the form's own words.
    """
    empty = make()
    typed = {name: value for name, value in given.items() if value is not None}
    for name in typed:
        if name not in empty.fields and name not in ignored:
            message = f"这里不用 {option_of(name)}。请去掉它再执行。"
            raise Refused(code="not_asked", message=message, where=option_of(name))
    initial = {name: empty.get_initial_for_field(field, name) for name, field in empty.fields.items()}
    texts = {name: value for name, value in typed.items() if isinstance(value, str)}
    files = {name: _opened(value) for name, value in typed.items() if isinstance(value, Path)}
    form = make({**initial, **(usual or {}), **texts}, files)
    if not form.is_valid():
        raise _refusal(form)
    return form


def _opened(path: Path) -> Any:
    from django.core.files.uploadedfile import UploadedFile

    try:
        return UploadedFile(file=path.open("rb"), name=path.name, size=path.stat().st_size)
    except OSError as error:
        message = f"读不了“{path}”：{error.strerror}。请核对文件的权限。"
        raise Refused(code="unreadable", message=message, where=str(path)) from error


def _refusal(form: "forms.Form") -> Refused:
    said: list[str] = []
    named = [name for name in form.errors if name in form.fields]
    for name, errors in form.errors.as_data().items():
        field = form.fields.get(name)
        for error in errors:
            choices = "、".join(f"{value}（{title}）" for value, title in getattr(field, "choices", ()) if value)
            if choices and error.code == "invalid_choice":
                words = f"{option_of(name)} 没有“{form.data.get(name)}”。请改为下列之一：{choices}。"
            elif choices and error.code == "required":
                words = f"请写明 {option_of(name)}，下列之一：{choices}。"
            else:
                words = "".join(error.messages)
            said.append(words)
    return Refused(
        code="not_as_asked", message="\n".join(dict.fromkeys(said)), where=option_of(named[0]) if named else None
    )
