"""What every query and every answer is built on."""

import msgspec


class BaseQuery(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """Root of every query."""


class BaseAnswer(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """Root of every answer."""


class QueryFailed(BaseAnswer, frozen=True, kw_only=True):
    """The question could not be answered; `reason` says why, for people."""

    reason: str
