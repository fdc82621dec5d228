from schemas.groups import archive_group
from streams.admin.access import USERS, rights
from streams.doctor.checks.rights import CHECK, Granted
from streams.doctor.finding import Finding
from streams.doctor.system import System

ALL = frozenset({"read", "write", "describe", "describe_configs", "create"})


def granted(*users: str) -> Granted:
    """Just what those users need."""
    allowed: dict[tuple[str, str], frozenset[str]] = {}
    for right in rights(""):
        key = (right.kind, right.name)
        mine = frozenset(right.operations) if right.user in users else frozenset()
        allowed[key] = allowed.get(key, frozenset()) | mine
    return Granted(allowed)


def found(granted: Granted, user: str = "") -> list[Finding]:
    return list(CHECK.judge(System(user=user), granted))


def test_rights_are_named_by_the_processes_they_are_enough_for() -> None:
    assert [each.text for each in found(granted(*USERS))] == ["enough for all processes"]
    assert [each.text for each in found(granted("archive"))] == ["enough for archive"]
    assert [each.level for each in found(granted())] == ["warn"]


def test_what_one_process_lacks_is_named() -> None:
    assert [each.text for each in found(granted("archive"), "archive")] == ["enough for archive"]
    less = granted("archive")
    key = ("group", archive_group(""))
    lacking = Granted({**less.allowed, key: frozenset()})
    assert [(each.level, each.text) for each in found(lacking, "archive")] == [
        ("fail", f"archive needs the right to read of group {archive_group('')}")
    ]
    unknown = Granted(lacking.allowed, frozenset({archive_group("")}))
    assert [each.level for each in found(unknown, "archive")] == ["ok"]
    assert found(granted(), "stream")[-1].text.startswith("and ")
