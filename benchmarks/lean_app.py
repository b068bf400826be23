"""The smallest app once more, its chart a Vega-Lite specification written by hand: no Altair on a rerun."""

import numpy as np
import pandas as pd
import streamlit as st

k = st.slider("k", 1, 1000, 100)
encoding = {"x": {"field": "x", "type": "quantitative"}, "y": {"field": "y", "type": "quantitative"}}
x = np.arange(200)
spec = {"data": {"name": "wave"}, "mark": "line", "encoding": encoding}
st.vega_lite_chart(spec | {"datasets": {"wave": pd.DataFrame({"x": x, "y": np.sin(x * k / 1000)})}}, key="wave")
