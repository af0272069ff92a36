"""The vault's HTTP routes: its page, its API for the command line, and the one refusal that both give."""
