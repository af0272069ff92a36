"""Which records are of one child: pure functions of the records and of people's decisions (design section 5)."""
