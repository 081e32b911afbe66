"""How far a scan and its head are from each other, as colours."""
