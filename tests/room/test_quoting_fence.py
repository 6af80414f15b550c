"""A fence followed line by line is the fence found in the whole message."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from antiphon.room.quoting import Fence, fences, in_fences

LINES = st.lists(
    st.sampled_from(["```", "````", "~~~", "~~~~", "```py", "~~~ a`b", "   ```", "    ```", "``` `", "so", "", "`` `"]),
    max_size=14,
)  # fmt: skip


@given(LINES)
@settings(max_examples=300)
def test_line_by_line_a_fence_holds_what_the_whole_says_it_holds(lines: list[str]) -> None:
    text, fence, place = "".join(f"{line}\n" for line in lines), Fence(), 0
    spans = fences(text)
    for line in lines:
        assert fence.holds(line) == in_fences(spans, place), (text, line)
        place += len(line) + 1
