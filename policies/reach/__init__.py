"""Firms within reach of a title: what they lack today and what the next filing asks, kept beside each evaluation."""
