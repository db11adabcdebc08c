"""Every field of every form says what is wrong in our words: none is left with the framework's own."""

import importlib
import inspect
import pkgutil
from collections.abc import Iterator

import pytest
from django import forms
from django.core.exceptions import ValidationError
from django.utils.functional import Promise

import publiccredit
from publiccredit.accounts.models import Officer
from publiccredit.site.form_words import WORDS

OF_FRAMEWORK = {"contradiction", "overflow"}  # of fields and options no form here has


def _forms() -> Iterator[type[forms.Form]]:
    for module in pkgutil.walk_packages(publiccredit.__path__, "publiccredit."):
        if "forms" in module.name.rsplit(".", 1)[-1] or ".pages" in module.name:
            for value in vars(importlib.import_module(module.name)).values():
                if inspect.isclass(value) and issubclass(value, forms.Form) and value.__module__ == module.name:
                    yield value


FIELDS = [(f"{form.__name__}.{name}", field) for form in _forms() for name, field in form.base_fields.items()]


@pytest.mark.parametrize(("name", "field"), FIELDS, ids=[name for name, _ in FIELDS])
def test_every_message_of_a_field_is_ours(name: str, field: forms.Field) -> None:
    # The framework's own words are translated lazily; ours are plain text.
    stock = {code for code, words in field.error_messages.items() if isinstance(words, Promise)} - OF_FRAMEWORK
    bounds = {"max_length", "min_length"} if isinstance(field, forms.CharField) else set()
    missing = {code for code in bounds if getattr(field, code, None) and code not in field.error_messages}
    assert stock | missing == set(), f"Give {name} words for these in its form, or in site/form_words.py"


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        (forms.CharField(max_length=3), "四个字了", "最多 3 字，现在是 4 字。请删减。"),
        (forms.CharField(min_length=3), "两字", "至少 3 字，现在是 2 字。请补充。"),
        (forms.CharField(), "", "这一项必须填写。"),
        (forms.ChoiceField(choices=[("a", "甲")]), "乙", "没有“乙”这一项。请从列出的各项中选择。"),
        (forms.ChoiceField(choices=[("a", "甲")]), "", "请选择一项。"),
        (forms.MultipleChoiceField(choices=[("a", "甲")]), "a", "请从列出的各项中选择。"),
        (forms.IntegerField(max_value=9), "十", "应为整数，例如 15。"),
        (forms.IntegerField(max_value=9), "10", "不能大于 9。请改小。"),
        (forms.DateField(), "昨天", "请按 2026-11-03 的样子填写日期。"),
        (forms.FileField(), None, "还没有选择文件。请点“选择文件”。"),
    ],
)
def test_a_mistake_is_told_with_its_remedy(field: forms.Field, value: object, words: str) -> None:
    with pytest.raises(ValidationError) as refused:
        field.clean(value)
    assert refused.value.messages == [words]


def test_every_sentence_ends() -> None:
    assert [w for words in WORDS.values() for w in words.values() if not w.endswith("。")] == []


@pytest.mark.parametrize(
    ("password", "words"),
    [
        ("kurz7431", "新密码不足 10 位。请加长，可以用几个不相干的词连起来。"),
        ("marketbureau01", "新密码与账号或姓名太相似，容易被猜中。请换一个无关的。"),
        ("password123", "新密码太常见，会最先被试到。请换一个自己想的。"),
    ],
)
def test_a_weak_password_is_refused_in_our_words(password: str, words: str) -> None:
    from django.contrib.auth.password_validation import validate_password

    with pytest.raises(ValidationError) as refused:
        validate_password(password, Officer(username="marketbureau01", display_name="张三"))
    assert refused.value.messages == [words]
