"""The one AWS session of a process.

botocore without boto3, which adds nothing to a client but the time that its resources and S3 transfers take to import.
"""

from functools import cache
from typing import Any, Final

import botocore
from botocore.config import Config
from botocore.session import Session, get_session

# What botocore would do for every call, and no call of ours needs.
_UNNEEDED: Final[dict[str, Any]] = {
    # The services check what they are sent, and the tests send it to moto.
    "parameter_validation": False,
    # A fixed one: botocore's own says which of its features a call used, and is put together anew for each.
    "user_agent": f"needlepoint botocore/{botocore.__version__}",
    "account_id_endpoint_mode": "disabled",
    "disable_request_compression": True,
    "inject_host_prefix": False,
}


def aws_client(service: str, **options: Any) -> Any:
    """A client for `service`; `options` are botocore's, such as time-outs.

    Connections are kept alive, so that an invocation finds the one that the last has left.
    """
    return _session().create_client(service, config=Config(tcp_keepalive=True, **_UNNEEDED, **options))


@cache
def _session() -> Session:
    return get_session()
