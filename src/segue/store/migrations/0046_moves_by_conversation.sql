-- What an agent moved last is looked for by its conversation: since each claim can be taken back, there is a row for each.
create index bulk_conversations_by_conversation on bulk_conversations (conversation_id);
