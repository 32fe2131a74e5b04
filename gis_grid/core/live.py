"""What the application and the server in front of it agree on about pages that listen."""

# A header by which an answer names the person whose page shall be told (`config/live.py`);
# it never reaches a browser through that server.
LISTENER = "X-Listener"
