"""Credentials and inventory in, plan out. Pure: every look at a cloud happened before."""
