from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from antiphon.errors import ScenarioError
from antiphon.monitor.gauge import READINGS
from antiphon.monitor.monitor import Monitor
from antiphon.monitor.policy import load, read
from antiphon.monitor.weighing import MOST_FINDINGS, consents_in, signs_in
from antiphon.testing.loops import loop

POLICY = load("careful")
some_readings = st.lists(st.sampled_from([0.0, 0.1, 0.4, 0.7, 1.0]), min_size=len(READINGS), max_size=len(READINGS))


@given(some_readings)
def test_log_odds_are_the_weighted_sum_of_the_readings(values: list[float]) -> None:
    named = dict(zip(READINGS, values, strict=True))
    expected = POLICY.bias + sum(weight * named[name] for name, weight in POLICY.weights.items())
    assert POLICY.weighing.odds(values) == pytest.approx(expected)


@given(st.lists(some_readings, max_size=8))
def test_what_up_to_eight_messages_show_is_counted_by_adding_their_numbers_up(messages: list[list[float]]) -> None:
    named = [dict(zip(READINGS, values, strict=True)) for values in messages]
    bits = [POLICY.weighing.bits(values) for values in messages]
    counted = sum(bits)
    assert signs_in(counted) == sum(any(one[name] >= least for name, least in POLICY.signs.items()) for one in named)
    assert consents_in(counted) == sum(one["mutual"] >= POLICY.consent for one in named)
    holding = []
    for name, find in POLICY.findings.items():
        shown = [place for place, one in enumerate(named) if one[find.reading] >= find.at_least]
        assert POLICY.weighing.showing(name, bits) == shown
        holding += [name] if len(shown) >= find.times else []
    assert list(POLICY.weighing.holding(counted)) == holding


def test_more_findings_than_can_be_counted_are_refused() -> None:
    find = "{ reading = 'same', at_least = 0.5, times = 1 }"
    findings = "\n".join(f"f{number} = {find}" for number in range(MOST_FINDINGS + 1))
    with pytest.raises(ScenarioError, match="findings"):
        read(f"like = 'careful'\n[findings]\n{findings}")


def test_the_numbers_of_as_many_findings_as_there_may_be_fit_a_snapshot() -> None:
    find = "{ reading = 'same', at_least = 0.5, times = 1 }"
    findings = "\n".join(f"f{number} = {find}" for number in range(MOST_FINDINGS))
    policy = read(f"like = 'careful'\n[findings]\n{findings}")
    bits = policy.weighing.bits([1.0] * len(READINGS))
    assert msgspec.msgpack.decode(msgspec.msgpack.encode(bits)) == bits


def test_what_piled_up_while_nobody_parted_does_not_end_a_room_at_its_first_silence() -> None:
    """A game that repeats itself has a high sum; two silent turns must not be its last straw."""
    said = loop("one_word_changed", 1, length=80).said
    monitor = Monitor("careful")
    pressures = []
    for place, (speaker, text) in enumerate(said):
        verdict = monitor.see(speaker, text)
        assert not verdict.stop, place
        pressures.append(verdict.pressure)
        if verdict.pressure > 0.8:
            break
    assert pressures[-1] > 0.8
    for speaker, text in (("A", "…"), ("B", "")):
        verdict = monitor.see(speaker, text)
    assert not verdict.stop
    assert verdict.pressure < 0.75
