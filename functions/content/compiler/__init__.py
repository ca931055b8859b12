"""The site compiler: articles, templates, messages and the practice file in; everything functions read at run time out.

It runs when the project is built and whenever the local stack sees a source change; nothing of it is deployed.
"""

from functions.content.compiler.build import Report, ReportRow, Sources, compile_all, compile_from
from functions.content.compiler.errors import ContentError

__all__ = ["ContentError", "Report", "ReportRow", "Sources", "compile_all", "compile_from"]
