"""What a fit returns and tells: errors, how large its coefficients are, the focal length that it found."""
