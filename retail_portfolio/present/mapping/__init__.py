"""Maps: layers, marks and areas, and the page that shows them."""
