"""Events that stand only in the prose of pages, found sentence by sentence and offered as front matter."""
