"""Reports of runs of every kind are as they were; whatever a client says, they stay whole and tell no secret."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from html.parser import HTMLParser
from pathlib import Path
from xml.etree import ElementTree

import jsonschema_rs
import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.conformance.reports.samples import (
    CRASHED,
    FAILED,
    GOLDEN,
    KIT,
    ONCE,
    PASSED,
    RUNS,
    STALE,
    case,
    client,
    failed,
    run,
    texts,
    unpacked,
)

from binance_conformance.reports import badge, html, junit
from binance_conformance.reports.masking import mask
from binance_conformance.reports.table import Kit, stale
from binance_conformance.results import RunResult, State, Step

HOSTILE = (
    "</script><script>alert(1)</script><img src=x onerror=alert(2)>\"'&{{7*7}}]]>\x00\x1b[31m\u202e\u2028\ud800 ok"
)
SECRET = "NhqPtmdSJYdKjVHjA7PZj4Mge3R5YNiP1e3UZjInClVN65XAbvqqM6A7H5fATj0j"
VOID = frozenset({"meta", "input"})


class Page(HTMLParser):
    """Reads a page, and complains of elements that are not closed in order, and of a name given twice."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.ids: list[str] = []
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.feed(text)
        self.close()
        assert not self.open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs
        self.ids += [value for name, value in attrs if name == "id" and value]
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


@pytest.mark.parametrize(("name", "text"), texts().items())
def test_reports_are_as_they_were(name: str, text: str) -> None:
    assert text == (GOLDEN / name).read_text("utf-8"), "look, then run `python -m tests.conformance.reports.samples`"


def test_no_golden_file_is_left_over() -> None:
    assert {path.name for path in GOLDEN.iterdir()} == set(texts())


@pytest.mark.parametrize("name", RUNS)
def test_pages_are_well_formed_and_stand_alone(name: str) -> None:
    text = html.render(*RUNS[name], kit=KIT)
    page = Page(text)
    assert len(page.ids) == len(set(page.ids))
    assert not {"link", "img", "iframe", "base", "object"} & set(page.tags)
    assert not [each for each in page.attributes if each[0] in ("src", "href", "style") or each[0].startswith("on")]
    assert "@import" not in text
    assert "url(" not in text


def test_a_page_may_run_its_own_script_only() -> None:
    text = html.render(FAILED, kit=KIT)
    [policy] = [value for name, value in Page(text).attributes if value and value.startswith("default-src 'none'; ")]
    for tag in ("script", "style"):
        [own] = re.findall(rf"<{tag}>(.*?)</{tag}>", text, re.S)
        digest = base64.b64encode(hashlib.sha256(own.encode()).digest()).decode()
        assert f"{tag}-src 'sha256-{digest}'" in policy


def hostile_run() -> RunResult:
    step = Step("told", HOSTILE, {"diagnosis": {"summary": HOSTILE}})
    who = client(HOSTILE, homepage="javascript:alert(3)")
    case_ = failed(ONCE, HOSTILE, reason=HOSTILE, expected=HOSTILE, found=HOSTILE, steps=(step,))
    check = msgspec.structs.replace(ONCE, title=HOSTILE, why=HOSTILE)
    return run(case_, checks=(check,), client=who, command=HOSTILE, fault=HOSTILE, stderr=HOSTILE)


def test_hostile_text_stays_text_in_a_page() -> None:
    hostile, tame = (html.render(each, kit=KIT) for each in (hostile_run(), run(failed(ONCE), fault="x", stderr="x")))
    assert Page(hostile).tags == Page(tame).tags
    for sign in ("\x00", "\x1b", "\u202e", "\u2028", "\ud800"):
        assert sign not in hostile
    [told] = unpacked(hostile)
    assert "<img src=x" in told["stderr"]
    assert not any(sign in json.dumps(told, ensure_ascii=False) for sign in "\x00\x1b\u202e\u2028\ud800")


def test_hostile_text_stays_text_in_xml() -> None:
    suites = ElementTree.fromstring(junit.render(hostile_run(), kit=KIT))
    [failure] = suites.iter("failure")
    assert failure.get("message", "").startswith("</script><script>alert(1)</script>")
    assert not list(suites.iter("script"))
    assert "\\x1b[31m\\u202e" in failure.get("message", "")


@given(st.text())
def test_any_text_makes_whole_reports(text: str) -> None:
    result = run(failed(ONCE, reason=text, found=text), fault=text, stderr=text, command=text)
    ElementTree.fromstring(junit.render(result, kit=KIT))
    json.loads(badge.render(result, kit=KIT))
    Page(html.render(result, kit=KIT))


def test_secrets_are_masked_everywhere() -> None:
    pem = "-----BEGIN PRIVATE KEY-----\nMC4CAQ\n-----END PRIVATE KEY-----"
    said = f"key={SECRET} {pem} --api-secret hunter22 https://me:pass1@host/ {{'secretKey': 'hunter22'}}"
    step = Step("told", said, {"secret": "hunter22", "why": said, "diagnosis": {"summary": said}})
    result = run(failed(ONCE, reason=said, steps=(step,)), command=said, fault=said, stderr=said)
    page = html.render(result, kit=KIT)
    shown = [page, json.dumps(unpacked(page)), junit.render(result, kit=KIT), badge.render(result, kit=KIT)]
    for secret in (SECRET, "MC4CAQ", "hunter22", "pass1"):
        assert not any(secret in text for text in shown), secret


@pytest.mark.parametrize(
    "text",
    [
        "POST /api/v3/order?timestamp=1700000000000&signature=" + "ab12" * 16,
        "a key with blanks around it; the secret was used as it is",
        "apiKey is not known",
        "-2015 Invalid API-key, IP, or permissions for action.",
        "newClientOrderId=" + "Ab1" * 12,
    ],
)
def test_evidence_is_not_taken_for_a_secret(text: str) -> None:
    assert mask(text) == text


@pytest.mark.parametrize("name", RUNS)
def test_samples_fit_the_schema_of_results(name: str) -> None:
    schema = json.loads((Path(__file__).parents[3] / "docs" / "results.schema.json").read_text("utf-8"))
    validator = jsonschema_rs.validator_for(schema)
    for each in RUNS[name]:
        validator.validate(json.loads(msgspec.json.encode(each)))
        assert msgspec.json.decode(msgspec.json.encode(each), type=RunResult) == each


def test_a_result_is_stale_when_the_kit_is_another_or_has_the_check_no_more() -> None:
    assert stale(PASSED, KIT) == ()
    assert stale(PASSED, KIT._replace(version="1.1")) == ("made by version 1.0 of the kit; this is 1.1",)
    assert len(stale(STALE, KIT)) == 2
    assert "faults.old-check" in stale(STALE, KIT)[1]


def test_the_installed_kit_knows_its_checks() -> None:
    kit = Kit.installed()
    assert kit.checks is not None
    assert "faults.unknown-outcome-not-retried" in kit.checks


@pytest.mark.parametrize(
    ("result", "message", "color"),
    [
        (PASSED, "2 of 2 MUST", "brightgreen"),
        (FAILED, "1 of 2 MUST", "red"),
        (CRASHED, "driver failed", "red"),
        (run(case(ONCE, State.PASSED), failed(ONCE, "usdm", expectation="known-failing")), "1 of 2 MUST", "red"),
        (run(case(ONCE, State.SKIPPED)), "nothing graded", "lightgrey"),
        (STALE, "1 of 2 MUST (kit 0.9)", "lightgrey"),
    ],
)
def test_a_badge_promises_no_more_than_was_graded(result: RunResult, message: str, color: str) -> None:
    told = json.loads(badge.render(result, kit=KIT))
    assert (told["message"], told["color"], told["schemaVersion"]) == (message, color, 1)


def test_junit_counts_agree_with_its_cases() -> None:
    for each in RUNS.values():
        root = ElementTree.fromstring(junit.render(*each, kit=KIT))
        for element in (root, *root.iter("testsuite")):
            assert int(element.get("tests", "")) == len(list(element.iter("testcase")))
            for name, tag in (("failures", "failure"), ("errors", "error"), ("skipped", "skipped")):
                assert int(element.get(name, "")) == len(list(element.iter(tag)))


def test_a_suite_of_a_green_run_has_no_failure_and_of_another_one_has() -> None:
    for name in ("passed", "failed", "crashed", "flaky", "stale"):
        [result] = RUNS[name]
        root = ElementTree.fromstring(junit.render(result, kit=KIT))
        assert result.green == (root.get("failures") == root.get("errors") == "0")
