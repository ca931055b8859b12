from tests.bench.import_times import Cost, by_library, medians, modules, parse

LOG = """\
import time: self [us] | cumulative | imported package
import time:       100 |        100 | json
{"level": "INFO", "message": "something else that was written"}
import time:        30 |         30 |       pydantic.version
import time:        50 |         50 |       json.decoder
import time:        20 |        100 |     pydantic
import time:       200 |        300 |   functions.leads.enquiry
import time:        10 |        310 | functions.leads.app
import time:        40 |         40 | pydantic.errors
"""


def test_imports_are_read_as_a_tree() -> None:
    roots = parse(LOG)

    assert [each.module for each in roots] == ["json", "functions.leads.app", "pydantic.errors"]
    (enquiry,) = roots[1].led_to
    (pydantic,) = enquiry.led_to
    assert [each.module for each in pydantic.led_to] == ["pydantic.version", "json.decoder"]
    assert roots[1].total_us() == 310


def test_a_library_costs_its_own_modules_and_what_they_led_to_once() -> None:
    costs = {cost.library: cost for cost in by_library(parse(LOG), without=())}

    assert costs["pydantic"] == Cost("pydantic", 90, 140, 3, "functions.leads.enquiry")
    assert costs["functions.leads.enquiry"] == Cost("functions.leads.enquiry", 200, 300, 1, "functions.leads.app")


def test_what_the_floor_imports_as_well_is_nobodys_cost() -> None:
    costs = {cost.library: cost for cost in by_library(parse(LOG), without={"json", "json.decoder"})}

    assert "json" not in costs
    assert costs["pydantic"].total_us == 90


def test_the_dearest_comes_first() -> None:
    assert [cost.library for cost in by_library(parse(LOG), without=())][:2] == [
        "functions.leads.app",
        "functions.leads.enquiry",
    ]


def test_several_runs_give_each_module_its_median() -> None:
    slow, slower = LOG.replace("200 |", "400 |"), LOG.replace("200 |", "900 |")
    (_, app, _) = medians([parse(LOG), parse(slow), parse(slower)])

    assert app.led_to[0].own_us == 400


def test_the_names_are_those_of_all_imports() -> None:
    assert len(modules(parse(LOG))) == 7
