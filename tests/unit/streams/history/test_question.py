from streams.history.question import Question, WrongOptionError


def test_a_question_needs_no_more_than_a_range() -> None:
    question = Question(1, 2)
    assert (question.by, question.basis, question.every_ms, question.queue) == (
        "queue", "arrival", None, None,
    )  # fmt: skip


def test_wrong_use_names_its_option() -> None:
    error = WrongOptionError("--window", "too long")
    assert (error.flag, str(error)) == ("--window", "too long")
