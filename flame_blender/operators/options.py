"""From an operator's properties to the options of long work."""

from __future__ import annotations

import dataclasses
from typing import Any, TypeVar

from ..long_work import Options

Asked = TypeVar("Asked", bound=Options)


def options_of(operator: Any, kind: type[Asked], **given: Any) -> Asked:
    """The options of this kind: ``given`` by name, every other one out of the property of its name."""
    names = [each.name for each in dataclasses.fields(kind) if each.name not in given]  # type: ignore[arg-type]
    return kind(**{name: getattr(operator.properties, name) for name in names}, **given)
