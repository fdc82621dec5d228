"""The queues of the desk by department: of very many the worst have a row, and each department leads to its others."""

from dashboards.wallboard.drawing.folded import folded_tables, group_rows
from dashboards.wallboard.drawing.table import MOST_ROWS as MOST
from dashboards.wallboard.texts import texts_of
from tests.unit.dashboards.wallboard.drawing.test_floor import ROW, house


def test_of_few_every_queue_has_its_row() -> None:
    shown = house(MOST)
    html = folded_tables(group_rows(shown.rows), texts_of("en"), shown)
    assert sorted(ROW.findall(html)) == sorted(row.queue for row in shown.rows)
    assert 'class="more"' not in html


def test_of_many_the_worst_have_a_row_and_a_department_leads_to_its_others() -> None:
    shown = house(1_000)
    html = folded_tables(group_rows(shown.rows), texts_of("ar"), shown)
    assert sorted(ROW.findall(html)) == sorted(row.queue for row in shown.rows[:MOST])
    for each in shown.departments:
        inside = sum(row.department_id == each.id for row in shown.rows[:MOST])
        assert (f"/desk?department={each.id}&amp;lang=ar" in html) == (inside < each.queues)
