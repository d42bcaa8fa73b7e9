"""Take a connection string apart without losing a character of it."""

from __future__ import annotations

from collections.abc import Callable

from .fields import Connection, Field
from .headers import basic_auth, bearer
from .jaas import jaas
from .jdbc import jdbc
from .keywords import libpq
from .odbc_in_url import odbc_in_url
from .pairs import ado_net_or_odbc, azure, stackexchange
from .urls import url

__all__ = ["LONGEST", "Connection", "Field", "parse"]

LONGEST = 16_384
"""Characters beyond which a text is not looked at; a Lambda environment holds 4 KB in all."""

_FORMS: tuple[Callable[[str], Connection | None], ...] = (
    basic_auth,
    bearer,
    jdbc,
    odbc_in_url,
    url,
    jaas,
    azure,
    ado_net_or_odbc,
    stackexchange,
    libpq,
)


def parse(text: str) -> Connection | None:
    """The parts of the one connection string that ``text`` is.

    None where it is none, holds no credential, or may be read in two ways. Never raises; the work
    is bounded by the length of the text. White space around it is no part of any field.
    """
    if not text or len(text) > LONGEST:
        return None
    for form in _FORMS:
        connection = form(text)
        if connection is not None:
            return connection
    return None
