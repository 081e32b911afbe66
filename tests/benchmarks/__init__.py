"""Every benchmark runs, in a short form."""
