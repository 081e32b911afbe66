"""What a sample's face shows: random scores of named controls, frames of clips."""
