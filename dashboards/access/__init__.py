"""Who may see and do what on the boards: people, roles, sessions, walls. Pure but for the register and OpenID Connect"""
