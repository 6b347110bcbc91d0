"""What must be well before traffic is sent here."""
