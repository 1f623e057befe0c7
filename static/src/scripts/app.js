// Our own small improvements. Every page works without them.
