"""Text as the rest compares it: words, sentences, numbers, stems. Standard library only."""
