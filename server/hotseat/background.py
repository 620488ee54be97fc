"""Work in threads that give way to speech recognition: its words are waited for, a look at what they say can wait."""

from __future__ import annotations

import asyncio
import os
import sys
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from typing import ParamSpec, TypeVar

Given = ParamSpec("Given")
Item = TypeVar("Item")
Result = TypeVar("Result")

_NICENESS = 10
_THREADS = 2


def _give_way() -> None:
    if sys.platform == "linux":  # elsewhere niceness is the whole process's
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), _NICENESS)


_threads = ThreadPoolExecutor(_THREADS, thread_name_prefix="background", initializer=_give_way)
_beside = ThreadPoolExecutor(_THREADS, thread_name_prefix="beside", initializer=_give_way)


async def in_background(work: Callable[Given, Result], *args: Given.args, **kwargs: Given.kwargs) -> Result:
    """What ``work`` returns or raises."""
    return await asyncio.get_running_loop().run_in_executor(_threads, partial(work, *args, **kwargs))


def beside(work: Callable[Given, Result], *args: Given.args, **kwargs: Given.kwargs) -> Future[Result]:
    """Begins ``work`` on another core while the caller, itself in a thread, goes on.

    It may not wait for more of its kind: the threads are few.
    """
    return _beside.submit(partial(work, *args, **kwargs))


def in_halves(work: Callable[[Sequence[Item]], Result], items: Sequence[Item]) -> tuple[Result, Result]:
    """What ``work`` makes of either half, the second on another core. As ``beside``."""
    half = len(items) // 2
    others = beside(work, items[half:])
    return work(items[:half]), others.result()
