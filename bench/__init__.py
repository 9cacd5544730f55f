"""Measurements, always as ratios taken in one run. `make bench` prints one JSON document."""
