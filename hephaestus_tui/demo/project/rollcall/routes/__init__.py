"""The rooms that speak HTTP: one class for each part of the address space."""
