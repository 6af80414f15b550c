"""The document is what is served: every verb stands in it, with the types that are read and written."""

from __future__ import annotations

import json
from typing import Any

from antiphon.testing.site import Site
from antiphon.web.app import OPERATIONS
from antiphon.web.openapi import document
from antiphon.web.problems import STATUSES


def refs(tree: Any) -> set[str]:
    """List every reference of a document."""
    if isinstance(tree, dict):
        return {tree["$ref"]} if "$ref" in tree else set().union(*map(refs, tree.values()), set())
    return set().union(*map(refs, tree), set()) if isinstance(tree, list | tuple) else set()


def test_every_verb_is_described_once_by_its_own_docstring() -> None:
    made = document(OPERATIONS)
    described = [(method, path) for path, verbs in made["paths"].items() for method in verbs]
    served = [(operation.method.lower(), operation.path) for operation in OPERATIONS]
    assert sorted(described) == sorted([*served, ("get", "/live")])
    names = [verb["operationId"] for verbs in made["paths"].values() for verb in verbs.values()]
    assert len(names) == len(set(names))
    assert all(verb["summary"].endswith(".") for verbs in made["paths"].values() for verb in verbs.values())


def test_every_reference_leads_somewhere_and_nothing_is_left_over() -> None:
    made = json.loads(json.dumps(document(OPERATIONS)))
    parts = {f"#/components/{kind}/{name}" for kind, named in made["components"].items() for name in named}
    assert refs(made) - parts == set()
    assert {part for part in parts if "/schemas/" in part} - refs(made) == set()


def test_every_refusal_is_a_problem_in_every_verb() -> None:
    for verbs in document(OPERATIONS)["paths"].values():
        for verb in verbs.values():
            assert {str(status) for status in STATUSES} <= verb["responses"].keys()


async def test_the_document_is_served(web: Site) -> None:
    assert await web.get("/openapi.json") == json.loads(json.dumps(document(OPERATIONS)))


async def test_what_no_verb_takes_is_refused(web: Site) -> None:
    for path in ("/server?x=1", "/rooms?x=1", "/rooms?limit=0", "/rooms?limit=x", "/blobs/x"):
        answer = await web.client.get(f"/api/v1{path}")
        assert answer.status_code == 400, path
    assert (await web.client.put("/api/v1/rooms")).status_code == 405
    assert (await web.client.get("/api/v1/nothing")).headers["content-type"] == "application/problem+json"
