"""Process `notify`: carries topic `alerts` to Alertmanager."""
