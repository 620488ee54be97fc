import server  # noqa: F401 - first of all, as in the program: it tells libraries not to report home
