"""The wire: HTTP, server-sent events, retries, the shared gate, guarded addresses, and the cards of models.

`client.Wire` is what providers are handed. The wire knows how to reach an endpoint and what its refusals mean; it
knows no room, no journal, and nothing of who speaks. Nothing is imported here: the parts load on use.
"""
