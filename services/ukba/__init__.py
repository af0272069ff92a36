"""The processor of the UK Border Agency, and the competent authority that it hosts."""
