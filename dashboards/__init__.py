"""What people look at: Grafana boards as code and the wallboard."""
