"""The browser view: rooms on a page, the same verbs as JSON, and a live stream; on loopback unless told otherwise.

`serving` starts it, `app` puts it together, `guard` decides who may ask, `api` holds the verbs, `live` what is pushed.
It knows no command line.
"""
