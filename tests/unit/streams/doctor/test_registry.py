from pathlib import Path

from streams.doctor import checks
from streams.doctor.registry import all_checks


def test_every_module_is_a_check_in_the_order_of_its_rank() -> None:
    found = all_checks()
    files = {path.stem for folder in checks.__path__ for path in Path(folder).glob("[a-z]*.py")}
    assert set(found) == files
    ranks = [check.rank for check in found.values()]
    assert ranks == sorted(set(ranks))
    assert next(iter(found)) == "configuration"  # a mistake there explains all that follows
