"""The playground in a notebook: the page in a frame below the cell, from a server that all models share."""

from __future__ import annotations

import atexit
import html
import os
import sys
import threading
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from rosenblatt import playground

if TYPE_CHECKING:
    from rosenblatt.models import Sequential
    from rosenblatt.playground.server import Playground

_lock = threading.Lock()
_shared: Playground | None = None

DOWNLOAD = (
    "Save the model by model.save('model.safetensors'), download the file, and run this on your own machine: "
    "rosenblatt playground model.safetensors"
)
# Where a notebook's page is not on the machine on which Python runs, by what gives it away.
HOSTED: dict[str, Callable[[Mapping[str, str]], bool]] = {
    "Colab": lambda environment: "google.colab" in sys.modules,
    "Kaggle": lambda environment: "KAGGLE_KERNEL_RUN_TYPE" in environment,
    "JupyterHub": lambda environment: "JUPYTERHUB_SERVICE_PREFIX" in environment,
    "Databricks": lambda environment: "DATABRICKS_RUNTIME_VERSION" in environment,
}
REACHED_BY_FORWARDING = ("CODESPACES", "REMOTE_CONTAINERS", "SSH_CONNECTION", "VSCODE_REMOTE_CONTAINERS_SESSION")


class Page:
    """The playground in the output of a cell; elsewhere its address.

    Args:
        address: what to open in a browser; None where no browser can reach it.
        advice: what to do where the page may not show, or nothing.
        height: of the frame, in pixels.
    """

    def __init__(self, address: str | None, advice: str, height: int) -> None:
        self.address, self.advice, self.height = address, advice, height

    def __repr__(self) -> str:
        return "\n".join(filter(None, (self.address, self.advice)))

    def _repr_html_(self) -> str:
        advice = f"<p>{html.escape(self.advice)}</p>" if self.advice else ""
        if self.address is None:
            return advice
        address = html.escape(self.address, quote=True)
        return (
            f'<iframe src="{address}" title="Playground" width="100%" height="{self.height}" style="border:0" '
            f'allow="clipboard-write"></iframe>{advice}'
            f'<p><a href="{address}" target="_blank" rel="noopener">Open the playground in a tab of its own</a></p>'
        )


def show(model: Sequential, data: Any, height: int) -> Page:
    """Return the page for a model, from the server that all models of this process share.

    Args:
        model: built; the page works on a copy of it, as it is now.
        data: None, rows x, or (x, y).
        height: of the frame, in pixels.
    """
    rows = data if data is None or isinstance(data, tuple) else (data, None)
    run, _ = playground.maker(model, rows)("")  # what is wrong is told here, not on the page
    make_run = playground.maker(run.model, rows)  # its copy: a page that opens later shows the model as it is now
    place = next((name for name, is_here in HOSTED.items() if is_here(os.environ)), None)
    if place is not None:
        return Page(None, f"On {place} the browser cannot reach a page on Python's machine. {DOWNLOAD}", height)
    server = shared()
    address = server.address(server.offer(make_run))
    advice = ""
    if any(name in os.environ for name in REACHED_BY_FORWARDING):
        advice = (
            "Python runs on another machine here. If the frame stays empty, forward its port under the same number "
            f"(ssh -L {server.port}:127.0.0.1:{server.port} MACHINE, or Ports in Visual Studio Code), "
            f"and open {address}"
        )
    return Page(address, advice, height)


def shared() -> Playground:
    """Return the server of this process, started at the first call and closed when the process ends."""
    global _shared
    with _lock:
        if _shared is None:
            server = playground.new_playground()
            thread = threading.Thread(target=server.serve, name="rosenblatt playground server", daemon=True)
            thread.start()
            atexit.register(_close, server, thread)
            _shared = server
        return _shared


def _close(server: Playground, thread: threading.Thread) -> None:
    server.stop()
    thread.join(timeout=60.0)  # it waits for the threads of the pages, whose networks may be large
