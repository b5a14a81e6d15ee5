"""Who shops where: distances, travel, attraction, and where sales go when stores close and open."""
