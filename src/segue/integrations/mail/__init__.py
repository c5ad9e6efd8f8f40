"""Mail: reading what comes in, sending what the outbox holds."""
