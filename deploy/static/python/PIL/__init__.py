"""Names that Streamlit asks for before it sends a drawing; the lessons have drawings alone, and no photographs."""
