"""One file per kind of section; `registry` knows them by the names a digest lists."""
