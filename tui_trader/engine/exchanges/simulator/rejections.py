"""Why the exchange says no, in Kraken's words: clients classify by the string."""

INSUFFICIENT_FUNDS = "EOrder:Insufficient funds"
COST_MINIMUM = "EOrder:Cost minimum not met"
ORDERS_LIMIT = "EOrder:Orders limit exceeded"
POST_ONLY = "EOrder:Post only order"
UNKNOWN_ORDER = "EOrder:Unknown order"
INVALID_ORDER = "EOrder:Invalid order"
DEADLINE_ELAPSED = "EService:Deadline elapsed"
UNKNOWN_PAIR = "EQuery:Unknown asset pair"
CLIENT_ID_TAKEN = "EGeneral:Invalid arguments:cl_ord_id not unique"
VOLUME_MINIMUM = "EGeneral:Invalid arguments:volume minimum not met"
_INVALID = "EGeneral:Invalid arguments:"
INVALID_VOLUME = f"{_INVALID}volume"
INVALID_PRICE = f"{_INVALID}price"
INVALID_FLAGS = f"{_INVALID}oflags"
INVALID_DEADLINE = f"{_INVALID}deadline"
INVALID_USERREF = f"{_INVALID}userref"
INVALID_CLIENT_ID = f"{_INVALID}cl_ord_id"
INVALID_BOTH_IDS = f"{_INVALID}cl_ord_id and userref"
INVALID_SIDE = f"{_INVALID}type"
INVALID_ORDER_TYPE = f"{_INVALID}ordertype"
INVALID_TIME_IN_FORCE = f"{_INVALID}timeinforce"
INVALID_LEVERAGE = f"{_INVALID}leverage"
INVALID_TXID = f"{_INVALID}txid"
INVALID_OFFSET = f"{_INVALID}ofs"
INVALID_START = f"{_INVALID}start"
INVALID_INTERVAL = f"{_INVALID}interval"
INVALID_COUNT = f"{_INVALID}count"


class Rejected(Exception):
    """The exchange refuses, definitely: nothing happened.

    Args:
        error: Kraken's error string.
    """

    def __init__(self, error: str) -> None:
        super().__init__(error)
        self.error = error
