# SPDX-License-Identifier: GPL-2.0-or-later
# Of gpurom's metrics on the standard input: are they what Prometheus reads? By its own rules: python3-prometheus-client
# reads them as a server does.
import sys
from prometheus_client.parser import text_string_to_metric_families as families

text = sys.stdin.read()
n = 0
for f in families(text):
    assert f.documentation and f.type == "gauge", f.name
    assert len({tuple(sorted(s.labels.items())) for s in f.samples}) == len(f.samples), f.name
    n += 1
assert n > 10 and text.endswith("\n")
for line in text.splitlines():
    assert line.startswith("#") or line.count(" gpurom_") == 0, line
