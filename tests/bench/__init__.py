"""What AWS would run, timed: our packages beside the same work built as others would have built it.

`make bench` runs `python -m tests.bench`. It goes from left to right:

==============  =========================================================================================
`contestants`   who is measured: our functions, the peers (`peers/`), and a handler that does nothing
`packages`      each one's package, and the interpreter with what Lambda's runtime brings along
`cloud`         DynamoDB, Secrets Manager and SES: every answer takes the same time
`environment`   one process from start to end: cold start, warm invocations, processor time, memory
`figures`       medians, spreads and ratios
`report`        the tables on the terminal and in `docs/bench.md`
`meter`         the request units of a DynamoDB client's calls
`growth`        what each thing that happens to an enquiry costs when many are stored
`bill`          what a month costs, by these results and `prices.toml`
`scale`         `docs/scale.md`
==============  =========================================================================================
"""
