"""The two drivers that need nothing but Python and Node, and the catalogue that names them all."""

from __future__ import annotations

import pytest

from binance_conformance import catalogue, checks
from binance_conformance.cases import cases_of
from binance_conformance.drivers import ProcessDriver
from binance_conformance.results import State
from binance_conformance.stage import Stage

PLAIN = ("python-requests", "node-fetch")
PASSED = ("signing.special-characters@spot", "rate-limits.retry-after-honoured@spot")
SKIPPED = "timing.resync-on-1021@spot"


@pytest.mark.parametrize("name", PLAIN)
def test_a_plain_script_passes_what_it_should_and_is_not_asked_for_more(name: str) -> None:
    entry = catalogue.find(name)
    assert entry is not None
    assert entry.installed
    cases = {case.name: case for case in cases_of(checks.ALL)}
    stage = Stage(ProcessDriver(entry.command))
    try:
        client = stage.open()
        assert client.client == entry.client
        assert client.language == entry.language
        for case in PASSED:
            result = stage.play(cases[case])
            assert result.state is State.PASSED, f"{case}: {result.reason}; {result.expected}; {result.found}"
        assert stage.play(cases[SKIPPED]).state is State.SKIPPED
    finally:
        stage.close()


def test_ids_above_2_to_the_53_are_lost_in_plain_javascript_and_kept_in_python() -> None:
    case = next(case for case in cases_of(checks.ALL) if case.name == "numbers.ids-above-2-53@options")
    states = []
    for name in PLAIN:
        entry = catalogue.find(name)
        assert entry is not None
        stage = Stage(ProcessDriver(entry.command))
        try:
            stage.open()
            states.append(stage.play(case).state)
        finally:
            stage.close()
    assert states == [State.PASSED, State.FAILED]


def test_the_catalogue_names_every_driver_of_its_folder() -> None:
    entries = catalogue.read()
    named = {word.rpartition("/")[2] for entry in entries for word in entry.command}
    there = {file.name for file in catalogue.DRIVERS.glob("*/*_driver.*")}
    assert there <= named
    assert len({entry.language for entry in entries}) == 5
    assert len(entries) >= 15
    for entry in entries:
        assert not any("{" in word for word in entry.command), entry.name


def test_versions_are_those_of_the_manifests() -> None:
    manifests = "\n".join(
        (catalogue.DRIVERS / name).read_text()
        for name in (
            "python/requirements.txt",
            "javascript/package.json",
            "go/go.mod",
            "java/pom.xml",
            "rust/Cargo.toml",
        )
    )
    for entry in catalogue.read():
        if entry.needs is not None:
            assert entry.version in manifests, entry.name


def test_no_catalogue_without_its_file(tmp_path) -> None:
    assert catalogue.read(tmp_path) == ()
    assert catalogue.find("python-requests", tmp_path) is None
