"""The long-running loops: the waker, the watcher of files, and the server that holds them."""
