"""Monitoring facts: the words they are written in, and how a file of rows becomes them."""
