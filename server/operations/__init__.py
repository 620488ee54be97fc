"""What a server's owner sees and what happens by itself: numbers, log lines, hourly work, an orderly end."""
