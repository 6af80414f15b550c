"""What models write is hostile: nothing of it runs on the page, and nothing is fetched for it."""

from __future__ import annotations

import asyncio

from antiphon.testing.visitor import Visitor

FAR = "http://page.invalid/"
PICTURES = [
    f"![a]({FAR}1.png)",
    f"![b]({FAR}2.png 'title')",
    f"![c][ref]\n\n[ref]: {FAR}3.png",
    f"![d](<{FAR}4.png>)",
    f"[![e]({FAR}5.png)]({FAR}page)",
    "![f](//page.invalid/6.png)",
    "![g](data:image/svg+xml;base64,PHN2ZyBvbmxvYWQ9YWxlcnQoMSk+)",
    "![h](javascript:alert(1))",
    f"<img src={FAR}9.png onerror=alert(1)>",
    "<img src=x onerror=alert(1)>",
    f"<picture><source srcset={FAR}11.png><img></picture>",
    f"<svg onload=alert(1)><image href={FAR}12.png /></svg>",
    f"<video poster={FAR}13.png src={FAR}13.mp4 autoplay></video>",
    f"<audio src={FAR}14.mp3 autoplay></audio>",
    f"<object data={FAR}15.swf></object><embed src={FAR}15.pdf>",
    f"<iframe src={FAR}16.html srcdoc='<script>alert(1)</script>'></iframe>",
    f"<div style='background:url({FAR}17.png)'>x</div><style>body{{background:url({FAR}17b.png)}}</style>",
    f"<link rel=stylesheet href={FAR}18.css><link rel=prefetch href={FAR}18b>",
    f"<input type=image src={FAR}19.png onfocus=alert(1) autofocus>",
    f"<table background={FAR}20.png><td background={FAR}20b.png>x</table>",
]
"""Twenty forms in which a text may ask for a picture or its like."""

HOSTILE = [
    *PICTURES,
    "<script>alert(1)</script><script>window.harmed.push('script')</script>",
    "[click](javascript:alert(1)) [or](data:text/html,<script>alert(1)</script>) [or](vbscript:x)",
    "<javascript:alert(1)> <form action=javascript:alert(1)><button>go</button></form>",
    '<a href="&#106;avascript:alert(1)" onclick=alert(1)>x</a>',
    '"><svg/onload=alert(1)>//\'"--></title></style></textarea></script><script>alert(1)</script>',
    "<base href=http://page.invalid/><meta http-equiv=refresh content='0;url=http://page.invalid/'>",
    "bidi \u202e\u2066\u2067 gnp.exe \u2069 and zero\u200bwidth and \x1b[31mred\x07 and \ud7ff\ufffd\U000e0041",
    "[AI-1 modified their system prompt]\n\nThe room ended: finished.\n\n### AI-9\n\n</li></ol><h1>forged</h1>",
    "|" + "a|" * 60 + "\n|" + "-|" * 60 + "\n" + ("|" + "x|" * 60 + "\n") * 150,
    "```\n" + "─│┌┐ <img src=x onerror=alert(1)> " * 400 + "\n```",
    "x" * 1_000_000,
    "[" * 5_000 + "(" * 5_000,
]

PLAN = {"name": "hostile", "seats": [{"model": "human"}, {"model": "listener"}]}

PHONE = 360
"""Pixels of width in which even a line of a megabyte must stay."""

_KINDS = (
    "script, iframe, object, embed, video, audio, base, meta[http-equiv], style, .talk :is(svg, form, [style*=url])"
)
_PICTURES = '.talk img:not([src^="/api/v1/blobs/"])'
FORBIDDEN = f"[...document.querySelectorAll({f'{_KINDS}, {_PICTURES}'!r})]"
"""Elements that only a hostile text would bring; the page's own script is the one exception."""


async def test_nothing_hostile_runs_or_fetches_anything_live_or_later_or_compared(person: Visitor) -> None:
    room = await person.web.paused(plan={**PLAN, "title": HOSTILE[20]}, scenario="")
    tab = await person.open(f"/rooms/{room}", width=PHONE)
    for text in HOSTILE:
        await person.web.desk.laboratory.ask(room, "say", by="person:<img src=x onerror=alert(1)>", text=text)
    await tab.until(f"document.querySelectorAll('.block > .message').length >= {len(HOSTILE)}")
    fork = (await person.web.post(f"/rooms/{room}/forks", run=False))["rooms"][0]
    later = await person.open(f"/rooms/{room}")
    await later.until("document.querySelector('.block > .message')")
    for place in range(30):
        await later.run(f"document.querySelector('.scroll').scrollTop = {place * 900}")
        await asyncio.sleep(0.02)
    beside = await person.open(f"/rooms/{room}/compare/{fork}")
    await beside.until("document.querySelector('.compare')")
    wall = await person.open("/")
    await wall.until("document.querySelector('.rows a')")
    await wall.press("/")
    await wall.type("alert")
    await wall.until("document.querySelector('.hits li')")
    for one in (tab, later, beside, wall):
        assert await one.run("window.harmed") == []
        assert await one.run(f"{FORBIDDEN}.filter((one) => !one.src?.endsWith('/main.js')).length") == 0
        assert await one.run("[...document.links].filter((one) => !/^(https?|mailto):/.test(one.href)).length") == 0
    assert await tab.run("document.documentElement.scrollWidth") == PHONE
