"""What the back office keeps."""
