"""What the questions of several topics share; a topic imports this and itself, and no other topic."""
