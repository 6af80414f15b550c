"""The API under generated requests: no 500, and no answer that its document does not describe."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path

import pytest

from antiphon.testing.site import Site, site
from antiphon.web.rates import Rate

EXECUTABLE = os.environ.get("ANTIPHON_SCHEMATHESIS", "")
SECONDS = 150
"""What a run may take on a busy machine; alone it takes twenty."""

pytestmark = [
    pytest.mark.service,
    pytest.mark.skipif(not EXECUTABLE, reason="ANTIPHON_SCHEMATHESIS names no schemathesis"),
]

CHECKS = "not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance"

CONFIG = """
[parameters]
"path.room" = "{room}"
"path.other" = "{room}"
"path.seat" = "AI-1"
"path.seq" = "{seq}"
"""


async def run(web: Site, folder: Path, room: str, *options: str) -> str:
    """Run schemathesis with a room that is there; gives what it wrote, and fails when it found something."""
    said = (await web.get(f"/rooms/{room}/events", type="message.said"))["events"]
    config = folder / "schemathesis.toml"
    config.write_text(CONFIG.format(room=room, seq=said[-1]["seq"]), encoding="utf-8")
    words = ["--config-file", str(config), "run", f"{web.client.base_url}/api/v1/openapi.json", "--no-color"]
    words += ["--header", f"Authorization: {web.client.headers['authorization']}", "--checks", CHECKS]
    words += ["--phases", "coverage,fuzzing", "--continue-on-failure", "--exclude-path", "/live", *options]
    process = await asyncio.create_subprocess_exec(
        EXECUTABLE, *words, cwd=folder, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT
    )
    async with asyncio.timeout(SECONDS):
        out, _ = await process.communicate()
    told = out.decode("utf-8", "replace")
    assert process.returncode == 0, told[-8000:]
    return told


async def test_no_request_is_answered_with_a_500_or_with_what_no_document_describes(tmp_path: Path) -> None:
    async with site(str(tmp_path / "rooms.db"), writes=Rate(10**9, 1e9)) as web:
        room = await web.paused()
        ended = await web.begin(rounds=1)
        await web.rests(ended)
        kept = "--exclude-operation-id=end", "--exclude-operation-id=delete_one", "--max-examples=12"
        assert "generated" in await run(web, tmp_path, room, *kept)
        assert "generated" in await run(web, tmp_path, ended, "--max-examples=4")
