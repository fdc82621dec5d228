"""Process `notify`: carries topic `alerts` to Alertmanager. Pure code decides what a thin shell posts."""
