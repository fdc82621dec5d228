"""Process `notify`: topic `alerts` to Alertmanager. What to post is pure; a thin shell posts."""
