"""Without nginx, too, every answer says what its page may do; tests/browser runs every page under it."""

import re
from pathlib import Path

import pytest
from starlette.responses import PlainTextResponse

from server.security_headers import SecurityHeaders, headers
from tests.asked import ask
from tests.server.asgi import asked_of
from tests.server.visits import ROOT, Server


@pytest.fixture(autouse=True)
def _unset(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("FRAMED_BY", "SECURITY_HEADERS"):
        monkeypatch.delenv(name, raising=False)


@pytest.mark.parametrize(
    "path", ["/", "/gradient_descent?lang=en", "/_stcore/health", "/static/js/unknown.js", "/nosuchpage", "/media/none"]
)
def test_every_answer_has_its_headers_without_nginx_too(server: Server, path: str) -> None:
    told = ask(server.port, path).headers
    policy = dict(part.strip().split(" ", 1) for part in told["content-security-policy"].split(";"))
    assert policy["default-src"] == "'self'" and policy["object-src"] == "'none'"
    assert "'unsafe-eval'" not in told["content-security-policy"] and "frame-ancestors" not in policy
    assert told["x-content-type-options"] == "nosniff", "once, though Streamlit says it of some files, too"
    assert told["referrer-policy"] == "same-origin" and "camera=()" in told["permissions-policy"]


def test_a_refusal_has_them_too(server: Server) -> None:
    refused = ask(server.port, "/", "POST", b"", Origin="https://elsewhere.example")
    assert refused.status == 403 and "content-security-policy" in refused.headers


def test_only_the_sites_that_were_named_show_the_app_in_a_frame(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FRAMED_BY", "'self' https://course.example.org")
    policy = asked_of(SecurityHeaders(PlainTextResponse("x"))).headers["content-security-policy"]
    assert policy.endswith("; frame-ancestors 'self' https://course.example.org")


def test_what_an_answer_says_itself_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    stricter = PlainTextResponse("x", headers={"Content-Security-Policy": "default-src 'none'"})
    assert asked_of(SecurityHeaders(stricter)).headers["content-security-policy"] == "default-src 'none'"
    monkeypatch.setenv("SECURITY_HEADERS", "0")
    assert "content-security-policy" not in asked_of(SecurityHeaders(PlainTextResponse("x"))).headers


def test_it_is_what_nginx_says() -> None:
    written = (Path(ROOT) / "deploy" / "nginx.conf").read_text(encoding="utf-8")
    scripts, looks, limits = (
        re.findall(rf'\${name} \{{\n\s+default "(.*?)";', written)[0] for name in ("scripts", "looks", "limits")
    )
    nginx = f"default-src 'self'; {scripts}; {looks}; {limits}".removesuffix("; frame-ancestors $framed_by")
    own = headers()
    assert nginx == own.pop("Content-Security-Policy")
    for name, value in own.items():
        assert re.search(rf'add_header {name} "?{re.escape(value)}"? always;', written), name
    # what the app says is not said twice
    assert {*own, "Content-Security-Policy"} <= set(re.findall(r"proxy_hide_header ([\w-]+);", written))
