"""What other sites and programs use of ours: forms in a frame, and where they stand (oEmbed)."""
