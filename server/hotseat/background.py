"""Work in low-priority threads, so that speech recognition, which somebody waits for, gets the cores first."""

from __future__ import annotations

import asyncio
import os
import sys
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import ParamSpec, TypeVar

Given = ParamSpec("Given")
Result = TypeVar("Result")

_NICENESS = 10
_THREADS = 2


def _give_way() -> None:
    if sys.platform == "linux":  # elsewhere niceness is the whole process's
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), _NICENESS)


_threads = ThreadPoolExecutor(_THREADS, thread_name_prefix="background", initializer=_give_way)


async def in_background(work: Callable[Given, Result], *args: Given.args, **kwargs: Given.kwargs) -> Result:
    """Runs ``work`` in such a thread; returns what it returns and raises what it raises."""
    return await asyncio.get_running_loop().run_in_executor(_threads, partial(work, *args, **kwargs))
