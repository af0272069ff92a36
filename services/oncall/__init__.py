"""Alerts of missing children: who is paged, who answers, who owns what is done (¶5.73-5.80)."""
