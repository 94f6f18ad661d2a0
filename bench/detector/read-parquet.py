"""Rows of a Parquet file on standard input as JSON lines on standard output. Needs pyarrow."""
import io
import json
import sys

import pyarrow.parquet

for row in pyarrow.parquet.read_table(io.BytesIO(sys.stdin.buffer.read())).to_pylist():
    print(json.dumps(row))
