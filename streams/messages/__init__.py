"""What people read when they are told of alerts: one message for a group, in their language. Pure; imports only `schemas`"""
