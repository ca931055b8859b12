"""The whole stack on one machine: no AWS account, no Docker. Run it with ``python -m infra.local --port 8000``.

What stands in for AWS: ``template`` (AWS's own translator) and ``cloud`` (moto) for CloudFormation; ``endpoint`` (moto)
for the services, with ``faults`` on demand; ``function`` for Lambda, a process per environment under AWS's own Runtime
Interface Client; ``gateway`` for API Gateway; ``pump`` for event sources; ``bus`` and ``schedule`` for EventBridge;
``ses`` for what becomes of a mail; ``wire`` (h11) for HTTP. ``stack.LocalStack`` ties them together, and ``console``
shows at ``/_local/`` what happened.
"""
