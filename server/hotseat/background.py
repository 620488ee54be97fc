"""Runs work in low-priority threads, so that live speech recognition gets the cores first."""

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


def _lower_priority() -> None:
    if sys.platform == "linux":  # elsewhere niceness applies to the whole process
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), _NICENESS)


_threads = ThreadPoolExecutor(_THREADS, thread_name_prefix="background", initializer=_lower_priority)


async def in_background(work: Callable[Given, Result], *args: Given.args, **kwargs: Given.kwargs) -> Result:
    """Runs ``work`` in a low-priority thread; returns or raises what it does. ``work`` must not wait for other such work."""
    return await asyncio.get_running_loop().run_in_executor(_threads, partial(work, *args, **kwargs))
