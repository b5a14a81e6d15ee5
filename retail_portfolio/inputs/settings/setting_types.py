"""What a single setting may be: numbers, shares, dates, names of files, and nothing in between.

A slip is refused, not guessed at: a text where a number belongs, a number where a date does.
"""

import datetime as dt
import re
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, StrictInt, StrictStr, WithJsonSchema

_NAME = r"[A-Za-z0-9_-][A-Za-z0-9._-]{0,79}"
_TILES = re.compile(r"https://[A-Za-z0-9.-]+(?::[0-9]{1,5})?/[A-Za-z0-9._~/{}?=&%@-]+")
_TILE_PARTS = ("{z}", "{x}", "{y}")
_FILE_NAME = re.compile(rf"(?:{_NAME}/){{0,4}}{_NAME}\.(?:csv|json)")
"""A file in the data folder or a folder of it: no `..`, as no name starts with a point."""
_DAY = (
    r"^(?!0000)\d{4}-(?:(?:0[13578]|1[02])-(?:0[1-9]|[12]\d|3[01])"
    r"|(?:0[469]|11)-(?:0[1-9]|[12]\d|30)|02-(?:0[1-9]|[12]\d))$"
)
"""A date for a JSON schema, which leaves only 29 February to its format."""
_TILES_SCHEMA = (
    "^" + "".join(rf"(?=.*\{{{part[1]}\}})" for part in _TILE_PARTS) + _TILES.pattern + "$"
)


def _date(value: object) -> object:
    """Take a date or its ISO text, and no number: pydantic would count seconds from 1970."""
    if type(value) is dt.date:
        return value
    if isinstance(value, str) and re.fullmatch(r"\d{4}-\d{2}-\d{2}", value):
        try:
            return dt.date.fromisoformat(value)
        except ValueError:
            pass
    raise ValueError("a date as YYYY-MM-DD")


def _number(value: object) -> object:
    """Take a number and no text: a text in a number's place is a slip."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ValueError("a number")  # noqa: TRY004 - pydantic reports a ValueError
    return value


def _file_name(value: object) -> object:
    """Take the name of a table in the data folder, or nothing; no path that leads out of it."""
    if not isinstance(value, str) or (value and not _FILE_NAME.fullmatch(value)):
        raise ValueError("the name of a .csv or .json file within the data folder, or nothing")
    return value


def _tile_address(value: object) -> object:
    """Take the address of map tiles: a plain host, so that a page's policy can name it."""
    fits = isinstance(value, str) and _TILES.fullmatch(value)
    if not fits or not all(part in str(value) for part in _TILE_PARTS):
        raise ValueError("https://HOST/... with {z}, {x} and {y}")
    return value


_CODE = r"[a-z][a-z0-9]{0,15}(?:_[a-z0-9]{1,15}){0,3}"
TAKEN_CODES = ("lane", "rfid", "sco", "self_checkout", "smart_cart", "staffed", "unknown")
"""Codes that name something else in the columns and keys that walk-out checkout has a part in."""


def _walk_out_code(value: object) -> object:
    """Take a code of small letters, digits and `_` that names nothing else in the tables."""
    if not isinstance(value, str) or not re.fullmatch(_CODE, value) or value in TAKEN_CODES:
        raise ValueError(
            f"small letters, digits and _, from a letter on, and none of {', '.join(TAKEN_CODES)}"
        )
    return value


def _flag(value: object) -> object:
    """Take a truth value or its text, as a command line gives it; no number."""
    if isinstance(value, bool):
        return value
    if value in ("true", "false"):
        return value == "true"
    raise ValueError("true or false")


Number = Annotated[float, BeforeValidator(_number), Field(allow_inf_nan=False)]
Days = Annotated[StrictInt, Field(ge=0, le=36_525)]
Share = Annotated[Number, Field(ge=0, le=1)]
# Beside each reader stands the same in the words of a JSON schema, for editors.
Date = Annotated[
    dt.date,
    BeforeValidator(_date),
    WithJsonSchema({"type": "string", "format": "date", "pattern": _DAY}),
]
FileName = Annotated[
    StrictStr,
    BeforeValidator(_file_name),
    WithJsonSchema({"type": "string", "pattern": f"^(?:{_FILE_NAME.pattern})?$"}),
]
TileAddress = Annotated[
    StrictStr,
    BeforeValidator(_tile_address),
    WithJsonSchema({"type": "string", "pattern": _TILES_SCHEMA}),
]
WalkOutCode = Annotated[
    StrictStr,
    BeforeValidator(_walk_out_code),
    WithJsonSchema({"type": "string", "pattern": f"^(?!(?:{'|'.join(TAKEN_CODES)})$){_CODE}$"}),
]
Flag = Annotated[bool, BeforeValidator(_flag)]
Text = Annotated[StrictStr, Field(min_length=1, max_length=2000)]


def _sites(value: object) -> object:
    """Take names of sites that are all different; a name given twice is a slip."""
    names = list(value) if isinstance(value, list | tuple) else []
    if len(set(names)) < len(names):
        raise ValueError("every site once")
    return value


_DIFFERENT = Field(json_schema_extra={"uniqueItems": True})
SiteNames = Annotated[tuple[Text, ...], BeforeValidator(_sites), _DIFFERENT]


def _plan_sites(value: object) -> object:
    """Take sites of one plan: each once, in one format."""
    names = [str(name) for name in value] if isinstance(value, list | tuple) else []
    if len({name.partition(":")[0] for name in names}) < len(names):
        raise ValueError("every site once, in one format")
    return value


PlanSites = Annotated[tuple[Text, ...], BeforeValidator(_plan_sites), _DIFFERENT]


def _decisions(value: object) -> object:
    """Take decisions that are all different, `close` among them: it is always left."""
    names = list(value) if isinstance(value, list | tuple) else []
    if names and (len(set(names)) < len(names) or "close" not in names):
        raise ValueError("close and what else is to be weighed, each once")
    return value


Decision = Literal["close", "convert", "keep", "relocate"]
Decisions = Annotated[
    tuple[Decision, ...],
    BeforeValidator(_decisions),
    Field(min_length=1, json_schema_extra={"uniqueItems": True, "contains": {"const": "close"}}),
]
