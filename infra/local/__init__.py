"""The whole stack on one machine: no AWS account, no Docker. Run it with ``python -m infra.local --port 8000``.

How the pieces stand in for AWS, each in a module of its own:

===================  ==========================================================================
AWS                  here
===================  ==========================================================================
SAM's transform      ``template``: AWS's own translator, run on template.yaml
CloudFormation       ``cloud``: moto creates the stack and is the source of every setting
service endpoints    ``endpoint``: moto behind one loopback port, with ``faults`` on demand
Lambda               ``function`` and ``runtime_api``: one OS process per environment, under AWS's
                     own Runtime Interface Client
API Gateway          ``gateway``, ``routes``, ``events``, ``responses``
HTTP/1.1             ``wire``: h11, for the site, the endpoints and Lambda's Runtime API alike
event sources        ``pump``: ``streams``, with ``delivery`` for batches, retries and bisecting, and ``queues``
EventBridge          ``bus`` for rules and their targets, ``schedule`` for what comes by the clock
SES                  ``ses``: every mail, and the events of what became of it
===================  ==========================================================================

``stack.LocalStack`` ties them together; ``console`` shows what happened at ``/_local/``.
"""
