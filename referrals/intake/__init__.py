"""Reading what others send of support that is under way."""
