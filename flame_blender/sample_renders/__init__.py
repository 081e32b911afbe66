"""Samples of data sets rendered in a scene of their own, shard after shard, by scripts and from the command line."""
