"""A room for a class: a question, everybody's votes on it, and its phases; it knows neither Streamlit nor lessons.

from classroom import store
code, secret = store.store().open()
"""
