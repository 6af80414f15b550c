"""The painter that asks an OpenAI-compatible images endpoint."""

from __future__ import annotations

from base64 import b64encode
from typing import Any

import pytest

from antiphon.errors import ProviderFailure, ScenarioError
from antiphon.providers.painters.openai import PLUGIN
from antiphon.room.scenario import Pictures
from antiphon.testing.endpoint import Endpoint, Fault
from antiphon.wire.fetch import picture_type

PNG = b"\x89PNG\r\n\x1a\n" + b"rest"


def painter(endpoint: Endpoint, make_means: Any) -> Any:
    return PLUGIN(Pictures(painter="openai", model="brush", base_url=endpoint.url), make_means())


async def test_a_picture_comes_with_its_type_and_a_short_caption(endpoint: Endpoint, make_means: Any) -> None:
    picture = await painter(endpoint, make_means).paint("a\nlong  sea " * 50)
    assert (picture.mime, picture.cost) == ("image/png", None)
    assert picture.caption.startswith("brush: a long sea a long")
    assert len(picture.caption) <= len("brush: ") + 200
    sent = endpoint.seen[0].json()
    assert (sent["model"], sent["n"], sent["size"]) == ("brush", 1, "1024x1024")


async def test_a_picture_elsewhere_on_this_machine_is_fetched_for_an_endpoint_on_this_machine(
    endpoint: Endpoint, make_means: Any
) -> None:
    endpoint.plan.extend([Fault(body={"data": [{"url": endpoint.url + "/x.png"}]}), Fault(body=PNG)])
    assert (await painter(endpoint, make_means).paint("x")).data == PNG
    assert "authorization" not in endpoint.seen[1].headers


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        ({"data": [{"url": "http://169.254.169.254/latest/meta-data"}]}, "blocked_address"),
        ({"data": [{"url": "http://10.0.0.1/x.png"}]}, "blocked_address"),
        ({"data": [{"url": "file:///etc/passwd"}]}, "blocked_address"),
        ({"data": [{"b64_json": b64encode(b"<svg onload=alert(1)>").decode()}]}, "malformed"),
        ({"data": [{"b64_json": "not base64!"}]}, "malformed"),
        ({"data": [{}]}, "malformed"),
        ({"data": []}, "malformed"),
        (b"no json", "malformed"),
        ({"error": {"code": 404, "message": "model not found"}}, "model_gone"),
    ],
)
async def test_an_answer_without_a_picture_is_a_failure(
    endpoint: Endpoint, make_means: Any, answer: Any, kind: str
) -> None:
    endpoint.always = Fault(body=answer)
    with pytest.raises(ProviderFailure) as caught:
        await painter(endpoint, make_means).paint("x")
    assert caught.value.kind == kind


async def test_a_redirect_of_a_picture_is_not_followed(endpoint: Endpoint, make_means: Any) -> None:
    away = Fault(status=301, error={}, headers=(("Location", "http://169.254.169.254/"),))
    endpoint.plan.extend([Fault(body={"data": [{"url": endpoint.url + "/x.png"}]}), away])
    with pytest.raises(ProviderFailure, match="status 301"):
        await painter(endpoint, make_means).paint("x")


async def test_a_painter_without_model_or_endpoint_says_what_to_write(make_means: Any) -> None:
    with pytest.raises(ScenarioError, match=r"\$\.pictures\.model"):
        PLUGIN(Pictures(painter="openai"), make_means())
    with pytest.raises(ScenarioError, match=r"\$\.pictures\.base_url"):
        PLUGIN(Pictures(painter="openai", model="brush"), make_means())


def test_a_picture_is_known_by_its_first_bytes_only() -> None:
    assert picture_type(PNG) == "image/png"
    assert picture_type(b"\xff\xd8\xff\xe0") == "image/jpeg"
    assert picture_type(b"RIFF\0\0\0\0WEBPVP8 ") == "image/webp"
    assert picture_type(b"RIFF\0\0\0\0WAVE") is None
    assert picture_type(b"<html>") is None
