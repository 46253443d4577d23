"""A class that lives through a scenario: what happens in it, apart from any page or network."""
