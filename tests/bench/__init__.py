"""What AWS would run, timed: our packages beside the same work built as others would have built it.

`make bench` runs `python -m tests.bench`. It goes from left to right:

==============  =========================================================================================
`contestants`   who is measured: our functions, the peers (`peers/`), and a handler that does nothing
`packages`      each one's package: built, zipped by SAM's own zip, unpacked as Lambda unpacks it
`runtime`       the interpreter, with what Lambda's runtime brings along
`cloud`         DynamoDB and SES: every answer takes the same time
`environment`   one process from start to end: cold start, warm invocations, processor time, memory
`tournament`    everybody in turn, round after round
`figures`       medians, spreads and ratios
`report`        the table, `docs/bench.md`, the picture, and `.bench/results.json`
`cost`          what a month costs, by those results and `prices.toml`
`growth`        what a submit and an alert cost with a million leads stored
`scale`         `docs/scale.md`, from these two
==============  =========================================================================================

`python -m tests.bench.profile leads` says where a function's cold start goes.
"""
