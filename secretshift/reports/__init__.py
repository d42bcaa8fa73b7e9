"""Reports: pure functions from model objects to lines, JSON data, CSV and pictures."""
