"""Every check, under what holds where it finds nothing."""

from collections.abc import Callable, Iterator, Mapping
from typing import Final

from infra.ops.doctor import address, domain, functions, mail, pages, settings, stack, tables, watch
from infra.ops.doctor.case import Case, Deployed
from infra.ops.doctor.findings import Finding

# What can be looked at before there is a stack, too.
BEFORE: Final[Mapping[str, Callable[[Case], Iterator[Finding]]]] = {
    "The parameters fit the template": settings.parameters,
    "The own domain's certificate fits": address.certificate,
    "Links will lead to the own domain": address.planned_origin,
    "The days on which the practice is closed are known": settings.closures,
    "SES sends for this account": mail.sending,
    "Every address is verified that has to be": mail.addresses,
    "The sender's domain vouches for its mails": domain.vouching,
    "No address is on the suppression list": mail.suppression,
    "Lambda has room for a crowd": functions.concurrency,
}

# In the order in which one would look; what takes minutes comes last.
AFTER: Final[Mapping[str, Callable[[Case, Deployed], Iterator[Finding]]]] = {
    "The last deployment succeeded": stack.state,
    "The own domain leads to the pages": address.records,
    "The domain's bare name leads there too": address.bare_name,
    "The pages, the API and the inbox answer": pages.answers,
    "Links lead to the pages' own address": address.origin,
    "Every stream and queue is read": stack.sources,
    "Every schedule runs": stack.schedules,
    "Alarms reach somebody": watch.subscription,
    "No alarm fires": watch.alarms,
    "Nothing was given up": watch.dead_letters,
    "Nothing is overdue": tables.overdue,
    "The canary's enquiries go the whole way": tables.canary,
    "The secrets are there": stack.secrets,
    "SES suppresses no alert": mail.configuration_set,
    "The table can be put back, and forgets": tables.keeping,
    "Lambda keeps the runtimes up": functions.runtimes,
    "Nobody changed anything by hand": stack.drift,
}
