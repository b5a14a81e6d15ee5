"""What a reader or a program takes away: workbooks, layers and documents."""
