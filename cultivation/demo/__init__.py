"""The invented city a demonstration runs on: firms, figures and three years of work, the same on every machine."""
