"""Reports that are made by themselves: cron, systemd, GitHub Actions."""
