"""What `bench/pages.py` measures with: made-up cases, a process that answers pages, and a plain Django beside it."""
