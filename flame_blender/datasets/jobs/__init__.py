"""Plain text files that start a data set on a cluster: each engine runs the same command for some shards."""
