"""What each exchange kind takes and needs, made from policies and schemas."""
