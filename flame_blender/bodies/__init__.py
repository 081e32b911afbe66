"""A head on a body: where it is placed, what it hangs on, how its neck goes over into the body's."""
