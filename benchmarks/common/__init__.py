"""What every benchmark needs: measured processes, peers, places and records."""
