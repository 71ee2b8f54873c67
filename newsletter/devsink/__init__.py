"""A mail server of one's own: SMTP and a SendGrid-compatible API that keep what they get and misbehave on request."""
