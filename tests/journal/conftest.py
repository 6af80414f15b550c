from __future__ import annotations

import pytest

pytest.register_assert_rewrite("antiphon.testing.journals", "antiphon.testing.keeping", "antiphon.testing.deleting")
