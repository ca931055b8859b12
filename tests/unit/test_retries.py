"""When an alert is tried again, and when a person is called."""

from shared.retries import is_past_first_day, next_attempt_delay


def test_attempts_spread_over_a_day_and_never_end() -> None:
    delays = [next_attempt_delay(attempt) for attempt in range(1, 30)]

    assert delays[0] <= 60
    assert delays[:10] == sorted(delays[:10])
    assert 20 * 3600 < sum(delays[:10]) < 30 * 3600
    assert delays[-1] == 6 * 3600


def test_a_person_is_called_once_the_attempts_of_the_first_day_are_used_up() -> None:
    assert not is_past_first_day(9)
    assert is_past_first_day(10)
    assert is_past_first_day(11)
