"""Asks whoever gave a credential out whether it still works. Nothing else in the program does."""
