"""What a password must be, said with its remedy; the rules themselves are the framework's. And how one is made."""

import secrets

from django.contrib.auth import password_validation

SIGNS = "ABCDEFGHJKLMNPQRSTUVWXYZabcdefghjkmnpqrstuvwxyz23456789"  # none that look like another: I l 1, O o 0
MADE_LENGTH = 16  # 92 bits


def new_password() -> str:
    """Make a password that is read from a screen or paper and typed once."""
    return "".join(secrets.choice(SIGNS) for _ in range(MADE_LENGTH))


class LongEnough(password_validation.MinimumLengthValidator):
    """At least so many characters."""

    def get_error_message(self) -> str:
        """Say how long it has to be."""
        return f"新密码不足 {self.min_length} 位。请加长，可以用几个不相干的词连起来。"

    def get_help_text(self) -> str:
        """Say so before it is typed."""
        return f"至少 {self.min_length} 位。"


class UnlikeTheAccount(password_validation.UserAttributeSimilarityValidator):
    """Nothing that can be guessed from the account name or the person's name."""

    def get_error_message(self) -> str:
        """Say what it resembles."""
        return "新密码与账号或姓名太相似，容易被猜中。请换一个无关的。"

    def get_help_text(self) -> str:
        """Say so before it is typed."""
        return "不要与账号或姓名相似。"


class Uncommon(password_validation.CommonPasswordValidator):
    """None of the passwords that are tried first."""

    def get_error_message(self) -> str:
        """Say that everybody knows it."""
        return "新密码太常见，会最先被试到。请换一个自己想的。"

    def get_help_text(self) -> str:
        """Say so before it is typed."""
        return "不要用常见的密码。"
