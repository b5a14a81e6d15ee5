"""Reports published, kept, found again and watched."""
