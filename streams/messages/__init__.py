"""What people read of alerts: one message for a group, in their language"""
