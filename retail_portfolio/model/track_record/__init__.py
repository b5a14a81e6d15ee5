"""How rankings and forecasts did where what happened is known."""
