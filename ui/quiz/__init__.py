"""What a reader is asked: predictions, goals, common misconceptions, and the codes that tell a class's answers."""
