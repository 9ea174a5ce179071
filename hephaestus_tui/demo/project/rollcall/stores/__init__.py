"""The rooms that speak SQL."""
