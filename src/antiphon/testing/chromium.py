"""A real Chromium without a window, driven through a pipe in its DevTools protocol: no port, no library, no network.

It knows no page.
"""

from __future__ import annotations

import asyncio
import base64
import json
import os
import socket
import sys
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

__all__ = ["Chromium", "Tab", "chromium"]

_SOON = 20.0
"""Seconds a test waits for what a browser does in milliseconds, on a machine that is busy."""

_LOOK = 0.02
"""Seconds between two looks at a page."""

_WIDTH, _HEIGHT = 1280, 860
"""Pixels of a tab that says nothing else."""

_PHONE = 500
"""Pixels of width below which a tab is a phone's, with its own way to scroll."""

_LARGEST = 64 * 1024 * 1024
"""Bytes of one answer: a picture of a page, written as text."""

_OPTIONS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--remote-debugging-pipe",
)

_TAKE_PIPE = (
    "import os, sys; fd = int(sys.argv[1]); os.dup2(fd, 3); os.dup2(fd, 4); os.execvp(sys.argv[2], sys.argv[2:])"
)
"""Puts our end where Chromium looks for it: it reads from 3 and writes to 4."""

_KEYS: Mapping[str, tuple[str, int, str]] = {
    "Enter": ("Enter", 13, "\r"),
    "Escape": ("Escape", 27, ""),
    "Tab": ("Tab", 9, ""),
    "ArrowDown": ("ArrowDown", 40, ""),
    "ArrowUp": ("ArrowUp", 38, ""),
    "Home": ("Home", 36, ""),
    "End": ("End", 35, ""),
}
"""Keys that are no letter: their code, number and text."""


class Chromium:
    """Is one running browser."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Hold both ends of its pipe."""
        self._reader, self._writer = reader, writer
        self._number = 0
        self._asked: dict[int, asyncio.Future[dict[str, Any]]] = {}  # Any: the protocol's JSON, as below
        self.tabs: dict[str, Tab] = {}

    async def listen(self) -> None:
        """Read what comes until the browser ends: answers, and what happens in tabs."""
        with suppress(asyncio.IncompleteReadError):
            while True:
                told = json.loads((await self._reader.readuntil(b"\0"))[:-1])
                asked = self._asked.pop(told.get("id", 0), None)
                if asked is not None and not asked.done():
                    asked.set_result(told)
                elif (tab := self.tabs.get(told.get("sessionId", ""))) is not None:
                    tab.heard.append(told)

    async def do(self, method: str, session: str = "", **how: Any) -> dict[str, Any]:
        """Ask for something and wait for the answer; raises AssertionError with the browser's own words."""
        self._number += 1
        asked: dict[str, Any] = {"id": self._number, "method": method, "params": how}
        if session:
            asked["sessionId"] = session
        answer = self._asked[self._number] = asyncio.get_running_loop().create_future()
        self._writer.write(json.dumps(asked).encode() + b"\0")
        async with asyncio.timeout(_SOON):
            told = await answer
        if "error" in told:
            raise AssertionError(f"{method}: {told['error']}")
        return dict(told["result"])

    async def open(
        self, url: str, *, width: int = _WIDTH, height: int = _HEIGHT, dark: bool = False, before: str = ""
    ) -> Tab:
        """Open a tab of its own, with its own cookies; `before` is a script that runs before the page's own."""
        context = (await self.do("Target.createBrowserContext"))["browserContextId"]
        tab = await self._tab(context)
        await tab.size(width, height)
        await tab.dark(dark)
        for domain in ("Page", "Runtime", "Network", "Log"):
            await tab.do(f"{domain}.enable")
        if before:
            await tab.do("Page.addScriptToEvaluateOnNewDocument", source=before)
        await tab.go(url)
        return tab

    async def _tab(self, context: str) -> Tab:
        target = (await self.do("Target.createTarget", url="about:blank", browserContextId=context))["targetId"]
        session = (await self.do("Target.attachToTarget", targetId=target, flatten=True))["sessionId"]
        tab = self.tabs[session] = Tab(self, session)
        return tab


class Tab:
    """Is one tab.

    Attributes:
        heard: everything it told, in the protocol's form, oldest first.
    """

    def __init__(self, browser: Chromium, session: str) -> None:
        """Belong to a browser."""
        self._browser, self._session = browser, session
        self.heard: list[dict[str, Any]] = []

    async def do(self, method: str, **how: Any) -> dict[str, Any]:
        """Ask the tab for something in the protocol's words."""
        return await self._browser.do(method, self._session, **how)

    async def go(self, url: str) -> None:
        """Go to an address and wait until its document is there."""
        await self.do("Page.navigate", url=url)
        await self.until("document.readyState === 'complete' && location.href !== 'about:blank'")

    async def close(self) -> None:
        """Close the tab."""
        await self.do("Page.close")
        self._browser.tabs.pop(self._session, None)

    async def size(self, width: int, height: int) -> None:
        """Make the tab so many pixels wide and high."""
        await self.do(
            "Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=width < _PHONE
        )

    async def dark(self, dark: bool) -> None:  # noqa: FBT001 - tab.dark(True) reads well
        """Have the system ask for dark pages, or for light ones, and for stillness."""
        features = {"prefers-color-scheme": "dark" if dark else "light", "prefers-reduced-motion": "reduce"}
        given = [{"name": name, "value": value} for name, value in features.items()]
        await self.do("Emulation.setEmulatedMedia", features=given)

    async def run(self, script: str) -> Any:  # noqa: ANN401 - JSON
        """Evaluate an expression, waiting for it if it is a promise, and give its value."""
        told = await self.do("Runtime.evaluate", expression=script, awaitPromise=True, returnByValue=True)
        if "exceptionDetails" in told:
            raise AssertionError(f"{script[:200]}: {told['exceptionDetails']}")
        return told["result"].get("value")

    async def until(self, script: str, seconds: float = _SOON) -> Any:  # noqa: ANN401 - JSON
        """Wait until an expression is true, and give its value."""
        end = time.monotonic() + seconds
        while True:
            with suppress(AssertionError):
                if (found := await self.run(script)) not in (None, False, 0, ""):  # an element is told as {}
                    return found
            if time.monotonic() > end:
                text = await self.run("document.body.innerText.slice(0, 1500)")
                raise AssertionError(f"never true: {script}\n{self.errors()}\n{text}")
            await asyncio.sleep(_LOOK)

    async def shows(self, text: str) -> None:
        """Wait until a text is to be read."""
        await self.until(f"document.body.innerText.includes({json.dumps(text)})")

    async def click(self, selector: str, text: str = "") -> None:
        """Click the first element of a selector, or the first that bears a text; waits for it."""
        found = f"[...document.querySelectorAll({json.dumps(selector)})]"
        wanted = f"{found}.find((one) => one.textContent.includes({json.dumps(text)}) && one.checkVisibility())"
        await self.until(f"Boolean({wanted})")
        await self.run(f"{wanted}.click()")

    async def type(self, text: str) -> None:
        """Type a text where the focus is."""
        await self.do("Input.insertText", text=text)

    async def press(self, *keys: str) -> None:
        """Press keys, one after the other, as a person does."""
        for key in keys:
            code, number, text = _KEYS.get(key, (f"Key{key.upper()}", ord(key.upper()[0]), key))
            how = {"key": key, "code": code, "windowsVirtualKeyCode": number}
            await self.do("Input.dispatchKeyEvent", type="keyDown", text=text, **how)
            await self.do("Input.dispatchKeyEvent", type="keyUp", **how)

    async def picture(self) -> bytes:
        """Give what is seen as a PNG."""
        return base64.b64decode((await self.do("Page.captureScreenshot", format="png"))["data"])

    def requests(self) -> list[str]:
        """Name every address that the tab asked for, in order."""
        asked = (one["params"] for one in self.heard if one["method"] == "Network.requestWillBeSent")
        return [one["request"]["url"] for one in asked]

    def errors(self) -> list[str]:
        """Give what went wrong: exceptions nobody caught, and errors in the console."""
        found = []
        for one in self.heard:
            match one["method"]:
                case "Runtime.exceptionThrown":
                    found.append(str(one["params"]["exceptionDetails"].get("exception", one["params"])))
                case "Log.entryAdded" if one["params"]["entry"]["level"] == "error":
                    entry = one["params"]["entry"]
                    found.append(f"{entry['text']} {entry.get('url', '')}")
        return found


@asynccontextmanager
async def chromium(executable: str, folder: Path) -> AsyncIterator[Chromium]:
    """Run a browser with a fresh profile in `folder`, and end it afterwards."""
    ours, theirs = socket.socketpair()
    with theirs:
        start = [sys.executable, "-c", _TAKE_PIPE, str(theirs.fileno()), executable]
        process = await asyncio.create_subprocess_exec(
            *start,
            *_OPTIONS,
            f"--user-data-dir={folder / 'profile'}",
            pass_fds=[theirs.fileno()],
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.DEVNULL,
            env={**os.environ, "HOME": str(folder)},
        )
    reader, writer = await asyncio.open_unix_connection(sock=ours, limit=_LARGEST)
    browser = Chromium(reader, writer)
    listening = asyncio.create_task(browser.listen())
    try:
        yield browser
    finally:
        with suppress(AssertionError, TimeoutError):
            await browser.do("Browser.close")
        with suppress(ProcessLookupError):
            process.kill()
        await process.wait()
        listening.cancel()
        await asyncio.gather(listening, return_exceptions=True)
        writer.close()
