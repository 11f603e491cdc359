"""What the line remembers: tables, and questions asked of them."""
