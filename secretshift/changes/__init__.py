"""What a plan is made of: one file a change, each with apply, and undo where it has one.

Every change can be applied twice: it first looks whether its effect is there already.
"""
