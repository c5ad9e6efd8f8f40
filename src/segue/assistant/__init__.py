"""The AI's side: finds grounds, drafts an answer, knows how sure it is, or abstains."""
