"""Tables for the browser: columns as Arrow's stream of bytes, which Streamlit passes on as they are.

Through a pandas frame the same costs more than ten times as much, at every move of every slider.
"""

from collections.abc import Mapping

import numpy as np
import pandas as pd

try:
    import pyarrow as pa
except ImportError:  # Streamlit in a browser does without
    pa = None


def table(columns: Mapping[str, np.ndarray]) -> bytes | pd.DataFrame:
    """Equally long columns as a table that Streamlit's charts take."""
    if pa is None:
        return pd.DataFrame(dict(columns))
    # what is not a number travels as nothing, which a line leaves out
    rows = pa.table({name: pa.array(column, from_pandas=True) for name, column in columns.items()})
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, rows.schema) as stream:
        stream.write_table(rows)
    return sink.getvalue().to_pybytes()
