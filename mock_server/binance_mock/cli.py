"""The command line. Commands are declared here; what they do is in `commands`, loaded when one is called."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Final, NoReturn

import typer

# `rich` would make the help prettier and every start slower.
app: Final = typer.Typer(
    name="binance-mock",
    help="A mock of the Binance exchange, with the reason for every refusal.",
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    add_completion=False,
    no_args_is_help=True,
)

_TOKEN: Final = "BINANCE_MOCK_TOKEN"  # noqa: S105 - the name of a variable
_SECRET: Final = "BINANCE_API_SECRET"  # noqa: S105 - the name of a variable


def main() -> None:
    """Run the command line; the entry point."""
    app()


def _version(wanted: bool) -> None:
    if wanted:
        from binance_mock import __version__

        typer.echo(f"binance-mock {__version__}")
        raise typer.Exit


@app.callback()
def _binance_mock(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version and exit.")
    ] = False,
) -> None:
    pass


@app.command()
def serve(
    host: Annotated[str | None, typer.Option(help="Address to listen on. [default: 127.0.0.1]")] = None,
    port: Annotated[
        int | None, typer.Option(min=0, max=65535, help="Port; 0 takes a free one. [default: 8099]")
    ] = None,
    seed: Annotated[int | None, typer.Option(help="Seeds ids and the standing market. [default: 1]")] = None,
    frozen_at: Annotated[
        int | None, typer.Option(metavar="MS", min=0, help="Let the clock stand still at this time.")
    ] = None,
    config: Annotated[Path | None, typer.Option(metavar="FILE.toml", help="Configuration file.")] = None,
    log_level: Annotated[
        str | None, typer.Option(metavar="[debug|info|warning|error]", help="What is logged. [default: info]")
    ] = None,
    json_logs: Annotated[bool, typer.Option("--json-logs", help="Log one JSON object a line.")] = False,
    control_token: Annotated[
        str | None,
        typer.Option(envvar=_TOKEN, help="What callers of the control API must send; the variable hides it from `ps`."),
    ] = None,
) -> None:
    """Serve a mock exchange until Ctrl-C. Options override the configuration file."""
    from binance_mock.commands.serve import CannotServe
    from binance_mock.commands.serve import serve as run
    from binance_mock.config import ConfigError, override, read_config

    given = {
        "host": host, "port": port, "log_level": log_level, "json_logs": json_logs or None,
        "control_token": control_token,
    }  # fmt: skip
    try:
        made = override(read_config(config) if config else None, given, seed=seed, frozen_at=frozen_at)
        run(made)
    except ConfigError as error:
        _fail(str(error), 2)
    except CannotServe as error:
        _fail(str(error), error.status)


@app.command()
def explain(
    curl: Annotated[
        str | None, typer.Argument(metavar="CURL", help="A curl command line, in quotes, as one argument.")
    ] = None,
    url: Annotated[str | None, typer.Option(help="A running server, to explain what it refused last.")] = None,
    token: Annotated[str | None, typer.Option(envvar=_TOKEN, help="Its control token.")] = None,
    last: Annotated[int, typer.Option(min=1, max=10_000, help="How many of its refused requests.")] = 5,
    method: Annotated[str | None, typer.Option(help="Method of a request. [default: GET, with -d POST]")] = None,
    target: Annotated[str | None, typer.Option(help="Path with query of a request.")] = None,
    header: Annotated[list[str] | None, typer.Option("-H", "--header", help="Header of a request.")] = None,
    data: Annotated[list[str] | None, typer.Option("-d", "--data", help="Body of a request.")] = None,
    key: Annotated[str | None, typer.Option(help="Your API key. [default: the one of the request]")] = None,
    secret_file: Annotated[Path | None, typer.Option(help="File that holds the secret of the key.")] = None,
    secret: Annotated[
        str | None,
        typer.Option(envvar=_SECRET, help="The secret. Others see it in `ps`: prefer the variable or --secret-file."),
    ] = None,
    now: Annotated[
        int | None,
        typer.Option(metavar="MS", min=0, help="The clock. [default: the request's timestamp]"),
    ] = None,
    json_output: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Say why a request is refused: of a running server (--url), or of a request given here.

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
            raise typer.Exit(1 if rows else 0)
        if curl is not None:
            request = read_curl(curl)
        else:
            verb = method or ("POST" if data else "GET")
            request = make_request(verb, target or "", header or [], "&".join(data or []))
        if secret_file is not None:
            secret = work.read_secret(secret_file)
        found = work.explain_offline(request, work.ring_of(key, secret, request), now)
    except UnusableRequest as error:
        _fail(str(error), 2)
    _print(found, work.tell(found), as_json=json_output)
    raise typer.Exit(0 if found["verdict"] == "ok" else 1)


@app.command()
def catalog(
    json_output: Annotated[bool, typer.Option("--json", help="Everything as JSON.")] = False,
    markdown: Annotated[bool, typer.Option("--markdown", help="As the page of the documentation.")] = False,
    openapi: Annotated[bool, typer.Option("--openapi", help="As an OpenAPI document.")] = False,
) -> None:
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

        typer.echo(pages.coverage(), nl=False)
    else:
        from binance_mock.commands.catalog import table

        typer.echo(table())


def _print(data: Any, text: str, *, as_json: bool) -> None:
    if as_json:
        import json

        text = json.dumps(data, indent=2, ensure_ascii=False)
    typer.echo(text)


def _fail(message: str, status: int) -> NoReturn:
    typer.echo(f"binance-mock: {message}", err=True)
    raise typer.Exit(status)
