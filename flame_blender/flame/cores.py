"""Large work shared out among the processor's cores.

NumPy lets go of Python's lock while it counts, so that threads do. OpenBLAS's own take part in products alone, and then
wait for the next one actively, on cores that other steps could have.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from itertools import pairwise

import numpy as np

MOST_CORES = 8  # with more, what each does under Python's lock adds up
# OpenBLAS keeps a product of no more multiplications on one core. Rows go together, or the matrix is read too often;
# columns by whole cache lines.
_SMALL_PRODUCT, _ROWS, _LINE = 2**18, 16, 16


def _cores() -> int:
    """As many as there are; who gives OpenBLAS fewer threads means these too."""
    asked = os.environ.get("OPENBLAS_NUM_THREADS", "")
    return min(MOST_CORES, (int(asked) if asked.isdecimal() else 0) or os.cpu_count() or 1)


CORES = _cores()


def share_out(work: Callable[[slice], None], count: int, least: int) -> None:
    """``work`` done for all of ``count`` things, by each core for some neighbours, ``least`` or more.

    Raises what any of them raises.
    """
    shares = max(1, min(CORES, count // least))
    bounds = [count * share // shares for share in range(shares + 1)]
    own, *others = (slice(start, end) for start, end in pairwise(bounds))
    if not others:
        work(own)
        return
    from concurrent.futures import ThreadPoolExecutor  # noqa: PLC0415  (it takes 10 ms of enabling the add-on)

    with ThreadPoolExecutor(len(others)) as threads:
        done = [threads.submit(work, other) for other in others]
        work(own)
    for each in done:
        each.result()


def product(rows: np.ndarray, matrix: np.ndarray, out: np.ndarray | None = None) -> np.ndarray:
    """``rows`` (n, k) @ ``matrix`` (k, m), float32, in ``out`` (n, m) or a new array."""
    if CORES == 1 or len(rows) < _ROWS:
        return np.matmul(rows, matrix, out=out)
    found = np.empty((len(rows), matrix.shape[1]), np.float32) if out is None else out
    width = max(_SMALL_PRODUCT // (_ROWS * max(len(matrix), 1)) // _LINE, 1) * _LINE
    even = len(rows) // _ROWS * _ROWS
    stacked = rows[:even].reshape(even // _ROWS, _ROWS, rows.shape[1])

    def multiply(panels: slice) -> None:
        for panel in range(panels.start, panels.stop):
            columns = slice(panel * width, (panel + 1) * width)
            np.matmul(stacked, matrix[:, columns], out=found[:even, columns].reshape(*stacked.shape[:2], -1))
            np.matmul(rows[even:], matrix[:, columns], out=found[even:, columns])

    share_out(multiply, -(-matrix.shape[1] // width), 4)
    return found
