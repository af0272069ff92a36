"""The agencies' own formats: cut files into one record a child, and read a record strictly; pure."""
