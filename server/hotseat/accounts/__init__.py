"""Who may use a server: accounts, sessions, invitations, the token."""
