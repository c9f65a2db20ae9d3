"""What came back for letters: replies, what writers say when they are asked, and rates."""
