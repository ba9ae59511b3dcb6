"""JUnit XML, as CI systems read it: a suite a client, a test a case.

A case that fails as the user's list says is skipped with that reason; one that is listed as failing and passes is a
failure. When the driver fails, each case that was not played is an error with that one cause.
"""

from __future__ import annotations

from xml.etree import ElementTree

from binance_conformance.reports.masking import masked
from binance_conformance.reports.table import Kit, name_of, stale
from binance_conformance.results import CaseResult, CheckInfo, RunResult, State


def render(*runs: RunResult, kit: Kit | None = None) -> str:
    """The document for some runs."""
    kit = kit or Kit.installed()
    root = ElementTree.Element("testsuites", name="binance conformance")
    for run in runs:
        root.append(_suite(masked(run), kit))
    for name in ("tests", "failures", "errors", "skipped"):
        root.set(name, str(sum(int(suite.get(name, "0")) for suite in root)))
    root.set("time", f"{sum(run.seconds for run in runs):.3f}")
    ElementTree.indent(root)
    return '<?xml version="1.0" encoding="utf-8"?>\n' + ElementTree.tostring(root, encoding="unicode") + "\n"


def _suite(run: RunResult, kit: Kit) -> ElementTree.Element:
    suite = ElementTree.Element("testsuite", name=_text(name_of(run)))
    suite.set("timestamp", run.started)
    suite.set("time", f"{run.seconds:.3f}")
    about = {"kit": run.kit, "command": run.command}
    if run.client is not None:
        about |= {"client": run.client.client, "version": run.client.version, "language": run.client.language}
    if reasons := stale(run, kit):
        about["stale"] = "; ".join(reasons)
    if run.fault:
        about["fault"] = run.fault
    properties = ElementTree.SubElement(suite, "properties")
    for name, value in about.items():
        ElementTree.SubElement(properties, "property", name=name, value=_text(value))
    checks = {check.id: check for check in run.checks}
    for case in run.cases:
        suite.append(_case(case, checks.get(case.check), name_of(run)))
    if run.fault and not any(case.state is State.ERROR for case in run.cases):
        test = ElementTree.SubElement(suite, "testcase", classname=_text(name_of(run)), name="driver", time="0.000")
        ElementTree.SubElement(test, "error", message=_text(run.fault))
    for name, tag in (("failures", "failure"), ("errors", "error"), ("skipped", "skipped")):
        suite.set(name, str(len(suite.findall(f"testcase/{tag}"))))
    suite.set("tests", str(len(suite.findall("testcase"))))
    if run.stderr:
        ElementTree.SubElement(suite, "system-err").text = _text(run.stderr)
    return suite


def _case(case: CaseResult, check: CheckInfo | None, client: str) -> ElementTree.Element:
    family, _, name = case.case.partition(".")
    test = ElementTree.Element("testcase", classname=_text(f"{client}.{family}"), name=_text(name))
    test.set("time", f"{case.seconds:.3f}")
    if case.state is State.ERROR:
        ElementTree.SubElement(test, "error", message=_text(case.reason)).text = _text(_details(case, check))
    elif case.state is State.SKIPPED:
        ElementTree.SubElement(test, "skipped", message=_text(case.reason))
    elif not case.as_wanted:
        message = case.reason or "it is listed as known failing, and passes"
        failure = ElementTree.SubElement(test, "failure", type=case.level.value, message=_text(message))
        failure.text = _text(_details(case, check))
    elif case.state is not State.PASSED:
        listed = case.expectation.replace("-", " ")
        ElementTree.SubElement(test, "skipped", message=_text(f"{listed}: {case.reason}"))
    return test


def _details(case: CaseResult, check: CheckInfo | None) -> str:
    lines = []
    if check is not None:
        lines += [check.title, f"why it matters: {check.why} [{', '.join((*check.guards, *check.rules))}]"]
    if case.expected or case.found:
        lines += [f"expected: {case.expected}", f"found: {case.found}"]
    if case.attempts:
        lines.append(f"attempts: {', '.join(case.attempts)}")
    lines += [f"{step.kind:>8}  {step.text}" for step in case.steps]
    return "\n".join(("", *lines, f"run it alone: {case.reproduce}", ""))


def _text(text: str) -> str:
    """Text with everything escaped that XML cannot hold, or that would mislead a reader."""
    return "".join(
        each if each.isprintable() or each in "\n\t" else ascii(each)[1:-1] for each in text.replace("\r\n", "\n")
    )
