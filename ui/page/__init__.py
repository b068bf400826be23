"""What stands around a lesson's questions: navigation, language, the link for a class, presenter mode, take-home."""
