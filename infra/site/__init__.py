"""The site compiler: articles, templates, messages and the practice file in; everything functions read at run time out.

It runs when the project is built and whenever the local stack sees a source change; nothing of it is deployed.
"""

from infra.site.build import Report, ReportRow, compile_all, compile_from
from infra.site.errors import ContentError
from infra.site.places import Places

__all__ = ["ContentError", "Places", "Report", "ReportRow", "compile_all", "compile_from"]
