"""Mail: sending what the outbox holds."""
