"""The live scenario: a page for the projector on which a story runs week by week."""
