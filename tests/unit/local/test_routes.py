import pytest

from infra.local.routes import Route, Router, from_openapi

ARN = "arn:aws:lambda:us-east-1:123456789012:function:f"


def _route(key: str) -> Route:
    method, _, path = key.partition(" ")
    return Route(method, path, ARN) if path else Route("", "", ARN)


def _operation(**changes: object) -> dict[str, object]:
    uri = f"arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/{ARN}/invocations"
    integration = {"type": "aws_proxy", "payloadFormatVersion": "2.0", "uri": uri, **changes}
    return {"x-amazon-apigateway-integration": integration}


def test_routes_are_read_from_the_translated_api() -> None:
    paths = {
        "$default": {"x-amazon-apigateway-any-method": _operation()},
        "/api/leads": {"x-amazon-apigateway-any-method": _operation()},
        "/things/{id}": {"get": _operation()},
    }

    routes = from_openapi({"paths": paths})

    assert {route.key for route in routes} == {"$default", "ANY /api/leads", "GET /things/{id}"}
    assert {route.function_arn for route in routes} == {ARN}


@pytest.mark.parametrize("changes", [{"type": "http_proxy"}, {"payloadFormatVersion": "1.0"}])
def test_an_integration_that_is_no_lambda_proxy_of_format_2_is_refused(changes: dict[str, str]) -> None:
    with pytest.raises(ValueError, match="route get"):
        from_openapi({"paths": {"/x": {"get": _operation(**changes)}}})


@pytest.mark.parametrize(
    ("method", "path", "key", "parameters"),
    [
        ("GET", "/pets/dog/1", "GET /pets/dog/1", {}),
        ("GET", "/pets/dog/2", "GET /pets/dog/{id}", {"id": "2"}),
        ("POST", "/pets/dog/1", "ANY /pets/dog/{id}", {"id": "1"}),
        ("GET", "/pets/cat/1/2", "GET /pets/{rest+}", {"rest": "cat/1/2"}),
        ("PUT", "/pets", "$default", {}),
        ("GET", "/pets/dog/", "GET /pets/{rest+}", {"rest": "dog/"}),
        ("GET", "/", "$default", {}),
    ],
)
def test_the_most_specific_route_answers(method: str, path: str, key: str, parameters: dict[str, str]) -> None:
    keys = ["$default", "GET /pets/{rest+}", "ANY /pets/dog/{id}", "GET /pets/dog/{id}", "GET /pets/dog/1"]

    match = Router(map(_route, keys)).match(method, path)

    assert match is not None
    assert (match.route.key, match.path_parameters) == (key, parameters)


def test_a_failed_candidate_leaves_no_path_parameters_behind() -> None:
    match = Router(map(_route, ["GET /{a}/x", "GET /{b}/y"])).match("GET", "/1/y")

    assert match is not None
    assert match.path_parameters == {"b": "1"}


def test_without_a_default_route_an_unknown_path_matches_nothing() -> None:
    router = Router([_route("GET /a")])

    assert router.match("GET", "/b") is None
    assert router.match("POST", "/a") is None
    assert router.match("GET", "/a/") is None
