"""The command line. Commands are declared here; what they do is in `commands`, loaded when one is called.

click, not typer: uvicorn brings click along, while typer imports pydantic, which alone takes longer than the server.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final, NoReturn

import click

_TOKEN: Final = "BINANCE_MOCK_TOKEN"  # noqa: S105 - the name of a variable
_SECRET: Final = "BINANCE_API_SECRET"  # noqa: S105 - the name of a variable


def main() -> None:
    """Run the command line; the entry point."""
    app()


def _show_version(context: click.Context, _: click.Parameter, wanted: bool) -> None:
    if wanted:
        from binance_mock import __version__

        click.echo(f"binance-mock {__version__}")
        context.exit()


@click.group(name="binance-mock", context_settings={"max_content_width": 100})
@click.option(
    "--version",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_show_version,
    help="Show the version and exit.",
)
def app() -> None:
    """A mock of the Binance exchange, with the reason for every refusal."""


@app.command()
@click.option("--host", metavar="ADDRESS", help="Address to listen on. [default: 127.0.0.1]")
@click.option("--port", type=click.IntRange(0, 65535), metavar="PORT", help="Port; 0 takes a free one. [default: 8099]")
@click.option("--seed", type=int, metavar="N", help="Seeds ids and the standing market. [default: 1]")
@click.option("--frozen-at", type=click.IntRange(0), metavar="MS", help="Let the clock stand still at this time.")
@click.option("--config", type=click.Path(path_type=Path), metavar="FILE.toml", help="Configuration file.")
@click.option("--log-level", metavar="[debug|info|warning|error]", help="What is logged. [default: info]")
@click.option("--json-logs", is_flag=True, help="Log one JSON object a line.")
@click.option(
    "--control-token",
    metavar="TOKEN",
    envvar=_TOKEN,
    show_envvar=True,
    help="What callers of the control API must send; the variable hides it from `ps`.",
)
@click.option("--tls", is_flag=True, help="Serve HTTPS under Binance's host names.")
@click.option(
    "--tls-dir",
    metavar="DIR",
    help="Where the authority of its certificate lives, ca.pem; made when missing. [default: the user's cache]",
)
def serve(
    host: str | None,
    port: int | None,
    seed: int | None,
    frozen_at: int | None,
    config: Path | None,
    log_level: str | None,
    json_logs: bool,
    control_token: str | None,
    tls: bool,
    tls_dir: str | None,
) -> None:
    """Serve a mock exchange until Ctrl-C. Options override the configuration file."""
    from binance_mock.commands.serve import CannotServe
    from binance_mock.commands.serve import serve as run
    from binance_mock.config import ConfigError, override, read_config

    given = {
        "host": host, "port": port, "log_level": log_level, "json_logs": json_logs or None,
        "control_token": control_token, "tls": tls or None, "tls_dir": tls_dir,
    }  # fmt: skip
    try:
        made = override(read_config(config) if config else None, given, seed=seed, frozen_at=frozen_at)
        if tls_dir is not None and not made.server.tls:
            _fail("--tls-dir is where the certificate of --tls lives; give --tls as well, or leave it out", 2)
        run(made)
    except ConfigError as error:
        _fail(str(error), 2)
    except CannotServe as error:
        _fail(str(error), error.status)


@app.command()
@click.argument("curl", required=False)
@click.option("--url", metavar="URL", help="A running server, to explain what it refused last.")
@click.option("--token", metavar="TOKEN", envvar=_TOKEN, show_envvar=True, help="Its control token.")
@click.option(
    "--last",
    type=click.IntRange(1, 10_000),
    metavar="N",
    default=5,
    show_default=True,
    help="How many refusals.",
)
@click.option("--method", metavar="VERB", help="Method of a request. [default: GET, with -d POST]")
@click.option("--target", metavar="TARGET", help="Path with query of a request.")
@click.option("-H", "--header", metavar="LINE", multiple=True, help="Header of a request.")
@click.option("-d", "--data", metavar="FORM", multiple=True, help="Body of a request.")
@click.option("--key", metavar="KEY", help="Your API key. [default: the one of the request]")
@click.option(
    "--secret-file", type=click.Path(path_type=Path), metavar="FILE", help="File that holds the secret of the key."
)
@click.option(
    "--secret",
    metavar="SECRET",
    envvar=_SECRET,
    show_envvar=True,
    help="The secret. Others see it in `ps`: prefer the variable or --secret-file.",
)
@click.option("--now", type=click.IntRange(0), metavar="MS", help="The clock. [default: the request's timestamp]")
@click.option("--json", "json_output", is_flag=True, help="Print JSON.")
def explain(
    curl: str | None,
    url: str | None,
    token: str | None,
    last: int,
    method: str | None,
    target: str | None,
    header: tuple[str, ...],
    data: tuple[str, ...],
    key: str | None,
    secret_file: Path | None,
    secret: str | None,
    now: int | None,
    json_output: bool,
) -> None:
    """Say why a request is refused: of a running server (--url), or of a request given here.

    CURL is a curl command line, in quotes, as one argument.

    Offline, a signature is checked with the secret of Binance's documentation, or with yours. Secrets are never
    printed. Exit status: 0 when nothing is wrong, 1 when something was refused, 2 for input that cannot be used.
    """
    from binance_mock.commands import explain as work
    from binance_mock.commands.curl import UnusableRequest, make_request, read_curl

    ways = [name for name, given in (("CURL", curl), ("--url", url), ("--target", target)) if given is not None]
    if len(ways) != 1:
        _fail(f"give one of CURL, --url, --target, not {' and '.join(ways) or 'none'}; --help shows them", 2)
    if target is None and (method or header or data):
        _fail("--method, -H and -d belong to --target; put them into the curl command, or give --target", 2)
    try:
        if url is not None:
            rows = work.refused_requests(url, token, last)
            texts = [work.tell_refused(row) for row in rows] or ["nothing was refused"]
            _print(rows, "\n\n".join(texts), as_json=json_output)
            raise SystemExit(1 if rows else 0)
        if curl is not None:
            request = read_curl(curl)
        else:
            verb = method or ("POST" if data else "GET")
            request = make_request(verb, target or "", list(header), "&".join(data))
        if secret_file is not None:
            secret = work.read_secret(secret_file)
        found = work.explain_offline(request, work.ring_of(key, secret, request), now)
    except UnusableRequest as error:
        _fail(str(error), 2)
    _print(found, work.tell(found), as_json=json_output)
    raise SystemExit(0 if found["verdict"] == "ok" else 1)


@app.command()
@click.option("--json", "json_output", is_flag=True, help="Everything as JSON.")
@click.option("--markdown", is_flag=True, help="As the page of the documentation.")
@click.option("--openapi", is_flag=True, help="As an OpenAPI document.")
def catalog(json_output: bool, markdown: bool, openapi: bool) -> None:
    """Show what is served: endpoints, weights, parameters, faults."""
    from binance_mock import catalog as made

    if json_output + markdown + openapi > 1:
        _fail("--json, --markdown and --openapi exclude each other; give one of them", 2)
    if json_output:
        everything = {
            "endpoints": made.endpoints(), "limits": made.limits(), "retired": made.retired(), "faults": made.faults(),
        }  # fmt: skip
        _print(everything, "", as_json=True)
    elif openapi:
        _print(made.openapi(), "", as_json=True)
    elif markdown:
        from binance_mock.catalog import pages

        click.echo(pages.coverage(), nl=False)
    else:
        from binance_mock.commands.catalog import table

        click.echo(table())


@app.command()
@click.argument("command", nargs=-1, type=click.UNPROCESSED, metavar="reference | mutants | mutant:NAME | -- CMD ...")
@click.option(
    "--check", "-k", "patterns", multiple=True, metavar="PATTERN", help="Only these: id, family, or with `*`."
)
@click.option("--skip", multiple=True, metavar="PATTERN", help="Not these checks.")
@click.option("--level", type=click.Choice(["MUST", "SHOULD", "MAY"]), help="Only what matters at least so much.")
@click.option("--venue", "venues", multiple=True, type=click.Choice(["spot", "usdm", "options"]), help="Only there.")
@click.option(
    "-j", "--jobs", type=click.IntRange(1, 64), metavar="N", help="Processes. [default: 1; for mutants the cores]"
)
@click.option("--repeat", type=click.IntRange(1, 100), metavar="N", default=1, help="Play each check so often.")
@click.option(
    "--known-failing",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Checks that have to go on failing.",
)
@click.option("--known-flaky", type=click.Path(path_type=Path), metavar="FILE", help="Checks that may fail.")
@click.option(
    "--patience",
    type=click.FloatRange(0.1),
    metavar="S",
    default=30.0,
    show_default=True,
    help="Before a driver hangs.",
)
@click.option("--list", "list_only", is_flag=True, help="Show the checks, play none.")
@click.option("--trace", is_flag=True, help="Show all that happened in each failed check.")
@click.option("--print-known-failing", is_flag=True, help="Print today's failures as a list for --known-failing.")
@click.option("--json", metavar="FILE", help="Write the result as JSON; - for stdout.")
@click.option("--junit", metavar="FILE", help="Write the result as JUnit XML; - for stdout.")
@click.option("--html", metavar="FILE", help="Write the result as a page.")
@click.option("--badge", metavar="FILE", help="Write the JSON of a badge.")
def check(command: tuple[str, ...], **given: Any) -> None:
    """Grade a client: play it through all that Binance clients are known to get wrong.

    The client is behind a driver, a small program that speaks JSON lines (docs/drivers.md): CMD starts it. `reference`
    is the kit's own client, `mutants` plays the broken ones that prove that every check can fail.

    Exit status: 0 all as wanted, 1 a check failed, 2 nothing to play, 3 the driver failed, 4 the kit failed.
    """
    from binance_mock.commands import check as work

    try:
        status = work.check(work.Options(command, **given))
    except work.CannotCheck as error:
        _fail(str(error), error.status)
    raise SystemExit(status)


@app.command("driver-smoke")
@click.argument("command", nargs=-1, required=True, type=click.UNPROCESSED, metavar="-- CMD ...")
@click.option(
    "--patience",
    type=click.FloatRange(0.1),
    metavar="S",
    default=30.0,
    show_default=True,
    help="Before a driver hangs.",
)
def driver_smoke(command: tuple[str, ...], patience: float) -> None:
    """Tell "your driver is wrong" from "your client is wrong".

    Exit status: 0 all is right, 1 the client cannot do all that was tried, 3 the driver is wrong.
    """
    from binance_mock.commands import check as work

    try:
        status = work.smoke(command, patience)
    except work.CannotCheck as error:
        _fail(str(error), error.status)
    raise SystemExit(status)


@app.command()
@click.argument(
    "results", nargs=-1, required=True, type=click.Path(path_type=Path, dir_okay=False), metavar="RESULT.json ..."
)
@click.option("--html", metavar="FILE", help="Write the matrix of clients and checks as a page.")
@click.option("--junit", metavar="FILE", help="Write JUnit XML, a suite a client; - for stdout.")
@click.option("--badge", metavar="FILE", help="Write the JSON of a badge; - for stdout.")
def report(results: tuple[Path, ...], **given: Any) -> None:
    """Make reports of results that `check --json` wrote, one a client.

    Without an option, print a line a client.
    """
    from binance_mock.commands import check as checking
    from binance_mock.commands import report as work

    try:
        work.report(work.Options(results, **given))
    except checking.CannotCheck as error:
        _fail(str(error), error.status)


def _print(data: Any, text: str, *, as_json: bool) -> None:
    if as_json:
        import json

        text = json.dumps(data, indent=2, ensure_ascii=False)
    click.echo(text)


def _fail(message: str, status: int) -> NoReturn:
    click.echo(f"binance-mock: {message}", err=True)
    raise SystemExit(status)
