"""The processor of the police: forces, and through them UKHTC and CEOP."""
