"""Keep the assets of the release that is out, so that the next one serves them too: run it after each release.

    python -m infra.site.released

A page may outlive its release: a delivery network hands it out for five minutes more (`table.REVALIDATED`), and the
style and the scripts that it names have addresses of their own content. `functions/content/released` has those files,
under the names and with the bytes that they are served with. What has not changed since has one address and is served
once, so a package grows by what has changed, and by one generation of it.
"""

import sys
from collections.abc import Sequence
from pathlib import Path

from infra.site.build import read_edition
from infra.site.errors import ContentError
from infra.site.outputs.index import current_assets
from infra.site.places import Places


def keep(sources: Places) -> Sequence[str]:
    """Put the current assets in the place of the kept ones; returns their names. Raises ContentError."""
    assets = {Path(asset.path).name: asset for asset in current_assets(read_edition(sources)[0])}
    sources.released.mkdir(exist_ok=True)
    for path in sources.released.iterdir():
        path.unlink()
    for name, asset in assets.items():
        (sources.released / name).write_bytes(asset.body)
    return sorted(assets)


def main() -> int:
    """Keep the project's own assets and say which; returns the exit status."""
    try:
        names = keep(Places())
    except ContentError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    sys.stdout.writelines(f"{name}\n" for name in names)
    sys.stdout.write("The next release serves these as well. Commit functions/content/released.\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
