"""Who may see and do what on boards"""
