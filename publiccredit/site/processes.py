"""The two programs a running platform consists of, each ending with the process that started it."""

import asyncio
import ctypes
import logging
import os
import signal
import sys
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress

from django.conf import settings
from procrastinate.exceptions import AlreadyEnqueued, ConnectorException
from psycopg import OperationalError

log = logging.getLogger(__name__)

CLOCKS, CLOCKS_QUEUE = "escalate_cases", "casework"
PAUSE = 3.0  # seconds between two attempts to reach the database
_PR_SET_PDEATHSIG = 1  # linux/prctl.h


def end_with_parent(*, parent: int) -> None:
    """
    Ask the kernel to end this process when its parent ends, however it ends: ``kill -9`` leaves no orphan.

    Elsewhere than on Linux this changes nothing, and only an orderly end of the parent ends its children.
    """
    if sys.platform != "linux":
        return
    ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
    if os.getppid() != parent:  # it ended before the kernel was asked
        sys.exit(0)


def wait_until_opened(*, gate: int) -> None:
    """Wait for the end of a pipe: the database is ready then. Who comes later finds it ended already."""
    os.read(gate, 1)


def run_web(*, host: str, port: int, workers: int, gate: int | None = None) -> None:
    """Serve the site in this process and its workers until told to end. A worker loads, then waits at the gate."""
    from granian import Granian
    from granian.constants import Interfaces
    from granian.log import LogLevels

    # A worker is a fork: until it has loaded, a request to end would only be noted down by what this process has set
    # for itself: the worker would be opened for nobody, and killed ten seconds later.
    os.register_at_fork(after_in_child=lambda: signal.signal(signal.SIGTERM, signal.SIG_DFL))
    os.environ["PUBLICCREDIT_WEB_PROCESS"] = str(os.getpid())
    if gate is not None:
        os.environ["PUBLICCREDIT_WEB_GATE"] = str(gate)
    Granian(
        "publiccredit.site.wsgi:application",
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        workers=workers,
        blocking_threads=settings.WEB_THREADS,
        workers_kill_timeout=10,
        respawn_failed_workers=True,
        log_level=LogLevels.warning,
    ).serve()


def catch_up(*, queues: Sequence[str] = ()) -> None:
    """
    Let the worker that starts look at the clocks of cases first: a tick that passed while none ran is not made up.

    Asked twice before it is done, it is done once.
    """
    from django.db import transaction
    from django.utils import timezone
    from procrastinate.contrib.django import app

    if queues and CLOCKS_QUEUE not in queues:
        return
    look = app.configure_task(CLOCKS, queue=CLOCKS_QUEUE, queueing_lock=CLOCKS)
    with suppress(AlreadyEnqueued), transaction.atomic():
        look.defer(timestamp=int(timezone.now().timestamp()))


def run_worker(*, queues: Sequence[str] = ()) -> None:
    """
    Carry out background tasks in this process, of all queues or of some, until told to end.

    A database that is restarted stops the worker, never this process: the site would end with it, and stay down.
    """
    asyncio.run(_until_told(lambda: _carry_out_tasks(queues)))


async def _until_told(work: Callable[[], Awaitable[None]], *, pause: float = PAUSE) -> None:
    """Do a work, again and again whenever it ends by itself, until SIGTERM or SIGINT; then let it end in order."""
    told = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, told.set)
    while not told.is_set():
        working, waiting = asyncio.ensure_future(work()), asyncio.ensure_future(told.wait())
        await asyncio.wait({working, waiting}, return_when=asyncio.FIRST_COMPLETED)
        waiting.cancel()
        if told.is_set():
            working.cancel()
        try:
            await working
        except asyncio.CancelledError:
            return
        except (ConnectorException, OperationalError) as error:
            log.warning("tasks wait for the database, next attempt in %.0f s: %s", pause, error)
        with suppress(TimeoutError):
            await asyncio.wait_for(told.wait(), timeout=pause)


async def _carry_out_tasks(queues: Sequence[str]) -> None:
    from procrastinate.contrib.django import app

    with app.replace_connector(app.connector.get_worker_connector()) as working:  # type: ignore[attr-defined]
        async with working.open_async():
            await working.run_worker_async(
                # None is every queue; a tuple would reach the database as a row, not as an array.
                queues=list(queues) or None,  # type: ignore[arg-type]
                concurrency=1,
                shutdown_graceful_timeout=20,
                delete_jobs="successful",
                install_signal_handlers=False,
            )
