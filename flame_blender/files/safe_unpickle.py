"""A reader of pickles that holds data only: it imports nothing, calls nothing and sets no attributes.

Python's own unpickler is not used, not even restricted: its opcodes reach into whatever objects they are given, and a
few bytes make it take any amount of memory. Here every opcode is one small function over plain lists, dicts and tuples,
and the globals that a pickle may name are an exact table of (module, name) pairs (``pickled_types``), each standing for
a function of this package. Opcodes: ``pickletools`` in the standard library.
"""

from __future__ import annotations

import codecs
import re
import struct
import sys
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import TypeVar

import numpy as np

from ..errors import ModelError
from .file_budget import NestedError, budget_or_new, written_out
from .raw_arrays import RefusedError, shortened

ENDS_EARLY = "ends early; copy the file again"
STRIDE = 1 << 15  # opcodes between looks at the budget
MAX_INTEGER_BYTES = 32
MAX_NUMBER_DIGITS = 80
MAX_MEMO, KEY_BITS = 1 << 32, 64
# What constructors copy, and what empty containers weigh beside what getsizeof tells.
BYTES_PER_ITEM = 64
BYTES_PER_NUMBER = 16
BYTES_PER_CONTAINER = 200  # what walking through millions of them costs is counted here too

# What Python 2 wrote between quotes (its repr of a byte string).
_ESCAPED_BYTES = re.compile(rb"(?:[^\\]++|\\[\\'\"nrtx])*+")


@dataclass(frozen=True)
class Known:
    """A global that a pickle may name. ``make`` gets the pickled arguments and checks them."""

    name: str
    make: Callable[..., object]


class Unbuilt:
    """An object whose state is still to come; ``build`` returns the value that takes its place."""

    def build(self, state: object) -> object:
        """The finished value; RefusedError when ``state`` is not what it should be."""
        raise NotImplementedError


KnownGlobals = Mapping[tuple[str, str], Known]
Container = TypeVar("Container", list, dict, set)
# Every error that malformed input can cause in the small functions below.
_DAMAGE = (IndexError, KeyError, TypeError, ValueError, OverflowError, struct.error)


def unpickle(
    data: bytes,
    source: str,
    known: KnownGlobals,
    start: int = 0,
    persistent: Callable[[object], object] | None = None,
) -> tuple[object, int]:
    """Read one pickle of ``data`` from ``start``; the value and where the pickle ended.

    ``persistent`` turns persistent ids into objects (torch's storages). Python 2's byte strings come as text, decoded
    as Latin-1. Raises ModelError, which begins with ``source``, for damage and for globals not in ``known``.
    """
    machine = _Machine(data, start, known, persistent, source)
    try:
        value = machine.run()
        written_out(value)
    except ModelError:
        raise
    except (RefusedError, NestedError) as error:
        raise ModelError(f"{source}: expected plain data, but the pickle {error}.") from error
    except _DAMAGE as error:
        where = f"byte {machine.position} of {len(data)}"
        raise ModelError(
            f"{source}: expected a whole pickle, found damage near {where}; copy the file again."
        ) from error
    return value, machine.position


class _Machine:
    """The stack, marks and memo of one pickle being read."""

    def __init__(
        self,
        data: bytes,
        start: int,
        known: KnownGlobals,
        persistent: Callable[[object], object] | None,
        source: str,
    ) -> None:
        self.data = data
        self.position = start
        self.known = known
        self.persistent = persistent
        self.stack: list = []
        self.marks: list[int] = []
        self.memo: dict[int, object] = {}
        self.unbuilt_slots: dict[int, list[int]] = {}
        self.budget = budget_or_new(source, len(data))

    def run(self) -> object:
        while True:
            for step in range(STRIDE):
                opcode = self.data[self.position : self.position + 1]
                self.position += 1
                action = _ACTIONS.get(opcode)
                if action is not None:
                    action(self)
                elif opcode == b".":
                    self.budget.spend(steps=step + 1)
                    return self.stack.pop()
                else:
                    raise RefusedError(f"uses opcode {opcode!r}, which no FLAME file needs" if opcode else ENDS_EARLY)
            self.budget.spend(steps=STRIDE)

    def take(self, count: int) -> bytes:
        end = self.position + count
        if end > len(self.data):
            raise RefusedError(ENDS_EARLY)
        chunk = self.data[self.position : end]
        self.position = end
        return chunk

    def take_number(self, layout: str) -> int:
        return struct.unpack(layout, self.take(struct.calcsize(layout)))[0]

    def take_line(self) -> bytes:
        end = self.data.find(b"\n", self.position)
        if end < 0:
            raise RefusedError(ENDS_EARLY)
        line = self.data[self.position : end]
        self.position = end + 1
        return line

    def take_digits(self) -> bytes:
        line = self.take_line()
        if len(line) > MAX_NUMBER_DIGITS:
            raise RefusedError(f"holds a number of {len(line)} digits")
        return line

    def pop_to_mark(self) -> list:
        start = self.marks.pop()
        items = self.stack[start:]
        del self.stack[start:]
        return items

    def pop_some(self, count: int) -> tuple:
        items = tuple(self.stack[len(self.stack) - count :])
        if len(items) != count:
            raise RefusedError("takes more from its stack than there is")
        del self.stack[len(self.stack) - count :]
        return items

    def remember(self, index: int) -> None:
        if not 0 <= index < MAX_MEMO:
            raise RefusedError(f"remembers a value under the number {shortened(index)}")
        self.memo[index] = self.stack[-1]
        if isinstance(self.stack[-1], Unbuilt):
            self.unbuilt_slots.setdefault(id(self.stack[-1]), []).append(index)

    def top(self, kind: type[Container]) -> Container:
        """The last item, which must be exactly a ``kind``: nothing else is ever changed in place."""
        if type(self.stack[-1]) is not kind:
            raise RefusedError(f"adds items to {shortened(self.stack[-1])}, expected a {kind.__name__}")
        return self.stack[-1]

    def pay(self, n_bytes: int) -> None:
        """Refuse pickles that have one long value copied over and over, or hold next to nothing in much memory."""
        self.budget.spend(n_bytes=n_bytes)

    def pay_for(self, values: Iterable[object]) -> None:
        """For what a constructor may make of ``values``: at most one copy of texts and bytes, numbers made wider."""
        for value in values:
            if isinstance(value, (str, bytes)):
                self.pay(len(value))
            elif isinstance(value, (list, tuple)):
                self.pay(BYTES_PER_ITEM * len(value))
            elif isinstance(value, np.ndarray):
                self.pay(BYTES_PER_NUMBER * value.size)

    def push_empty(self, kind: type) -> None:
        empty = kind()
        self.pay(sys.getsizeof(empty) + BYTES_PER_CONTAINER)
        self.stack.append(empty)

    def push_global(self, module: str, name: str) -> None:
        if (module, name) not in self.known:
            raise RefusedError(f"asks for {shortened(f'{module}.{name}')}, which is not on the list of known names")
        self.stack.append(self.known[module, name])

    def call(self, function: object, arguments: object) -> object:
        if type(function) is not Known or type(arguments) is not tuple:
            raise RefusedError(f"calls {shortened(function)} with {shortened(arguments)}")
        self.pay_for(arguments)
        return function.make(*arguments)

    def build(self) -> None:
        """Finish the object on the stack; the memo must give out the finished value too."""
        state = self.stack.pop()
        unbuilt = self.stack[-1]
        if not isinstance(unbuilt, Unbuilt):
            raise RefusedError(f"sets the state of {shortened(unbuilt)}")
        self.pay_for(state.values() if type(state) is dict else state if type(state) is tuple else ())
        built = unbuilt.build(state)
        self.stack[-1] = built
        for index in self.unbuilt_slots.pop(id(unbuilt), ()):
            if self.memo[index] is unbuilt:
                self.memo[index] = built

    def set_items(self, pairs: list) -> None:
        target = self.top(dict)
        for key, value in zip(pairs[::2], pairs[1::2], strict=True):
            target[plain_key(key)] = value


def plain_key(key: object) -> object:
    """Keys and members are texts and numbers: hashing a deep nest of tuples would overrun the C stack.

    Of whole numbers only those of 64 bits: any count of larger ones can have one hash. RefusedError for others.
    """
    if key is not None and not isinstance(key, (str, bytes, int, float)):
        raise RefusedError(f"uses {shortened(key)} as a key, expected text or a number")
    if isinstance(key, int) and key.bit_length() > KEY_BITS:
        raise RefusedError(f"uses a number of {key.bit_length()} bits as a key, expected at most {KEY_BITS}")
    return key


def _text_of_python_2(line: bytes) -> str:
    quoted = len(line) >= 2 and line[:1] == line[-1:] and line[:1] in b"'\""
    if not quoted or not _ESCAPED_BYTES.fullmatch(line, 1, len(line) - 1):
        raise RefusedError(f"holds a badly quoted text, {shortened(line)}")
    return codecs.escape_decode(line[1:-1])[0].decode("latin-1")


def _integer(line: bytes) -> int:
    """A protocol 0 number; ``00`` and ``01`` are how Python 2 wrote False and True."""
    if line in (b"00", b"01"):
        return line == b"01"
    return int(line.rstrip(b"L"))


def _long(raw: bytes) -> int:
    if len(raw) > MAX_INTEGER_BYTES:
        raise RefusedError(f"holds a number of {len(raw)} bytes")
    return int.from_bytes(raw, "little", signed=True)


def _utf8(raw: bytes) -> str:
    return raw.decode("utf-8", "surrogatepass")


def _latin1(raw: bytes) -> str:
    return raw.decode("latin-1")


def _persistent(machine: _Machine, identity: object) -> object:
    if machine.persistent is None:
        raise RefusedError(f"refers to something outside the file, {shortened(identity)}")
    return machine.persistent(identity)


def _add_members(machine: _Machine) -> None:
    members = machine.pop_to_mark()
    machine.top(set).update(map(plain_key, members))


def _frozen_set(machine: _Machine) -> None:
    members = machine.pop_to_mark()
    machine.push_empty(frozenset)
    machine.stack[-1] = frozenset(map(plain_key, members))


def _stack_global(machine: _Machine) -> None:
    module, name = machine.pop_some(2)
    if type(module) is not str or type(name) is not str:
        raise RefusedError(f"asks for {shortened(module)} {shortened(name)}, expected two names")
    machine.push_global(module, name)


def _pop(machine: _Machine) -> None:
    machine.stack.pop()


def _append(machine: _Machine) -> None:
    (item,) = machine.pop_some(1)
    machine.top(list).append(item)


def _extend(machine: _Machine) -> None:
    items = machine.pop_to_mark()
    machine.top(list).extend(items)


def _list_from_mark(machine: _Machine) -> None:
    items = machine.pop_to_mark()
    machine.push_empty(list)
    machine.stack[-1].extend(items)


def _dict_from_mark(machine: _Machine) -> None:
    pairs = machine.pop_to_mark()
    machine.push_empty(dict)
    machine.set_items(pairs)


def _set_item(machine: _Machine) -> None:
    pair = machine.pop_some(2)
    machine.set_items(list(pair))


def _set_items(machine: _Machine) -> None:
    pairs = machine.pop_to_mark()
    machine.set_items(pairs)


def _push(make: Callable[[_Machine], object]) -> Callable[[_Machine], None]:
    return lambda machine: machine.stack.append(make(machine))


def _sized(layout: str, decode: Callable[[bytes], object]) -> Callable[[_Machine], None]:
    """Push what follows: a length, then that many bytes."""
    return _push(lambda machine: decode(machine.take(machine.take_number(layout))))


_ACTIONS: dict[bytes, Callable[[_Machine], object]] = {
    # constants and numbers
    b"N": _push(lambda _: None),
    b"\x88": _push(lambda _: True),
    b"\x89": _push(lambda _: False),
    b"I": _push(lambda m: _integer(m.take_digits())),
    b"L": _push(lambda m: _integer(m.take_digits())),
    b"F": _push(lambda m: float(m.take_digits())),
    b"K": _push(lambda m: m.take_number("<B")),
    b"M": _push(lambda m: m.take_number("<H")),
    b"J": _push(lambda m: m.take_number("<i")),
    b"G": _push(lambda m: m.take_number(">d")),
    b"\x8a": _sized("<B", _long),
    b"\x8b": _sized("<I", _long),
    # text and bytes
    b"S": _push(lambda m: _text_of_python_2(m.take_line())),
    b"V": _push(lambda m: m.take_line().decode("raw-unicode-escape")),
    b"U": _sized("<B", _latin1),
    b"T": _sized("<I", _latin1),
    b"X": _sized("<I", _utf8),
    b"\x8c": _sized("<B", _utf8),
    b"\x8d": _sized("<Q", _utf8),
    b"C": _sized("<B", bytes),
    b"B": _sized("<I", bytes),
    b"\x8e": _sized("<Q", bytes),
    b"\x96": _sized("<Q", bytes),
    # containers
    b"]": lambda m: m.push_empty(list),
    b"}": lambda m: m.push_empty(dict),
    b")": _push(lambda _: ()),
    b"\x8f": lambda m: m.push_empty(set),
    b"(": lambda m: m.marks.append(len(m.stack)),
    b"l": _list_from_mark,
    b"t": _push(lambda m: tuple(m.pop_to_mark())),
    b"d": _dict_from_mark,
    b"\x91": _frozen_set,
    b"\x85": _push(lambda m: m.pop_some(1)),
    b"\x86": _push(lambda m: m.pop_some(2)),
    b"\x87": _push(lambda m: m.pop_some(3)),
    b"a": _append,
    b"e": _extend,
    b"s": _set_item,
    b"u": _set_items,
    b"\x90": _add_members,
    # stack and memo
    b"0": _pop,
    b"1": lambda m: m.pop_to_mark(),
    b"2": _push(lambda m: m.stack[-1]),
    b"p": lambda m: m.remember(_integer(m.take_digits())),
    b"q": lambda m: m.remember(m.take_number("<B")),
    b"r": lambda m: m.remember(m.take_number("<I")),
    b"\x94": lambda m: m.remember(len(m.memo)),
    b"g": _push(lambda m: m.memo[_integer(m.take_digits())]),
    b"h": _push(lambda m: m.memo[m.take_number("<B")]),
    b"j": _push(lambda m: m.memo[m.take_number("<I")]),
    # objects, each through the table of known names
    b"c": lambda m: m.push_global(_utf8(m.take_line()), _utf8(m.take_line())),
    b"\x93": _stack_global,
    b"R": _push(lambda m: m.call(*m.pop_some(2))),
    b"\x81": _push(lambda m: m.call(*m.pop_some(2))),
    b"b": lambda m: m.build(),
    b"P": _push(lambda m: _persistent(m, _utf8(m.take_line()))),
    b"Q": _push(lambda m: _persistent(m, *m.pop_some(1))),
    # framing
    b"\x80": lambda m: m.take(1),
    b"\x95": lambda m: m.take(8),
}
