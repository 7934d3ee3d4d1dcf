"""What `make bench` measures: ratios within one run, printed and never tested."""
