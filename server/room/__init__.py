"""A room over HTTP: what phones, the projector and the teacher's second device ask, beside Streamlit's addresses."""
