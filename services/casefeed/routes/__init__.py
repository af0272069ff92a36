"""The case feed's HTTP API: what is asked, how it is checked, which reading answers it."""
