"""The templates themselves, one CSV file per sheet."""
