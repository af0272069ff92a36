"""What people on duty ask and answer."""
