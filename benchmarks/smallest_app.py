"""The smallest Streamlit app worth comparing with: one slider, one line chart of 200 points."""

import numpy as np
import streamlit as st

k = st.slider("k", 1, 1000, 100)
st.line_chart({"y": np.sin(np.arange(200) * k / 1000)})
