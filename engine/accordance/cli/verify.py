"""`accordance verify`: is a stored run still what it was?"""

from __future__ import annotations

import click

from . import options
from .stream import page_for, write
from .sweep import missing_extra


@click.command(
    "verify",
    short_help="Is a stored run still what it was? Digests, and a sample performed again.",
    epilog="""\b
Examples:
  accordance verify runs/june
  accordance verify runs/june --sources /mnt/archive/june --seed 7 --sample 1000
""",
)
@click.argument("run", metavar="RUN")
@options.together(
    options.strategy,
    click.option(
        "--sources",
        "root",
        metavar="FOLDER",
        help="Where the swept files are now. [default: where they were]",
    ),
    click.option(
        "--sample",
        type=click.IntRange(0, 100_000),
        default=200,
        show_default=True,
        help="Perform so many cases again by `check`.",
    ),
    click.option(
        "--seed", type=int, help="What the sample depends on. [default: another than the run's]"
    ),
    click.option(
        "--digest", metavar="SHA256", help="The digest by which the run is known elsewhere."
    ),
    click.option(
        "--format",
        "-f",
        "format_name",
        type=click.Choice(["table", "json"]),
        default="table",
        show_default=True,
    ),
    options.output,
)
def command(
    run: str,
    strategy: str | None,
    root: str | None,
    sample: int,
    seed: int | None,
    digest: str | None,
    format_name: str,
    output: str | None,
) -> int:
    """Check a run of `accordance sweep --out`: that its files, its sources and the strategy are as
    they were, and that `check` says of a sample of its cases what the run says.

    Exit code: 0 all is as it was, 1 something is not, 2 there is no run, or the call is wrong.
    """
    import json
    import os

    from ..strategy.reading import load_strategy

    if root is not None and not os.path.isdir(root):
        raise click.UsageError(f"`--sources {root}`: there is no such folder")
    loaded = load_strategy(strategy)
    try:
        from ..report.verification import text
        from ..sweep.verifying import verify

        folder = run if root is None else os.path.abspath(run)
        found = verify(folder, loaded, root, sample, seed, digest)
    except ImportError as error:
        raise missing_extra(error, "verify") from None
    found["run"] = run
    if format_name == "json":
        write(json.dumps(found, ensure_ascii=False, indent=2) + "\n", output, format_name)
    else:
        write(text(found, page_for(output)), output)
    return 0 if found["verified"] else 1
