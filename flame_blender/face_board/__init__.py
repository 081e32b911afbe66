"""A board of sliders beside a head, with handles and eye targets: bones that drive its named controls and joints."""
