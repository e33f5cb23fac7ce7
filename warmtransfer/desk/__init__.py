"""Decides one fact at a time: lock, step, save, queue, perform, time, take up."""
