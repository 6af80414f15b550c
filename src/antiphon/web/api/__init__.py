"""The verbs of the API, one file a kind; `app` serves them and `openapi` describes them."""
