"""The people's side: what an agent reads first, what the customer is told, whose turn it is and until when."""
