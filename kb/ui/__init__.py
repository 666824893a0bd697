"""The readers' face: one file a page, and what they share. Only this package and app.py know Streamlit."""
