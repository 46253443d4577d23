"""What MkDocs is told beyond mkdocs.yml: where the sheets for teachers go.

A lesson has a page to read (`target.md`) and a page to print (`target.html`). On the site the first of them becomes
`target.html` too. So MkDocs is told to leave the pages to print alone, and they are added here under `print/`; links
that stand in the pages follow.
"""

from __future__ import annotations

from pathlib import Path

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files, InclusionLevel


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add the pages to print."""
    for path in sorted(Path(config.docs_dir, "teaching").glob("*.html")):
        files.append(
            File(
                f"teaching/{path.name}",
                config.docs_dir,
                config.site_dir,
                config.use_directory_urls,
                dest_uri=f"teaching/print/{path.name}",
                inclusion=InclusionLevel.NOT_IN_NAV,
            )
        )
    return files
