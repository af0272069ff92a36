"""SSDA903, the yearly return on looked-after children, as a set of CSV files: header, episodes, missing, uasc."""
